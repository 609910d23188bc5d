/** `IClock`, but not `IPv6Address`. */
const PREFIXED = /^I(?!Pv\d)[A-Z][a-z]/

export const noInterfacePrefixRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { plain: 'No I prefix: call {{name}} by what it is, {{plain}}.' },
  },
  create: (context) => ({
    'TSInterfaceDeclaration, TSTypeAliasDeclaration': ({ id }) => {
      if (PREFIXED.test(id.name))
        context.report({ node: id, messageId: 'plain', data: { name: id.name, plain: id.name.slice(1) } })
    },
  }),
}
