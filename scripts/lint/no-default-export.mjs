/** A name that is given once is found everywhere: the export has it, and every import says it again. */
export const noDefaultExportRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { named: 'No default exports: export this by its name.' },
  },
  create: (context) => ({
    ExportDefaultDeclaration: (node) => context.report({ node, messageId: 'named' }),
    ExportSpecifier: (node) => {
      if ((node.exported.name ?? node.exported.value) === 'default') context.report({ node, messageId: 'named' })
    },
  }),
}
