const HOMES = {
  ipcMain: 'electron/shell/ipc.ts',
  ipcRenderer: 'electron/preload.ts',
  contextBridge: 'electron/preload.ts',
}

/** Each of Electron's ways through the process wall stands in one file. Option `here`: those that this file is the home of. */
export const ipcRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { here: { type: 'array', items: { type: 'string' } } } }],
    defaultOptions: [{ here: [] }],
    messages: { home: '{{name}} stands in {{home}} only: add a call or a push to the bridge instead.' },
  },
  create: (context) => {
    const reported = new Set()
    const check = (node, name) => {
      if (!Object.hasOwn(HOMES, name) || context.options[0].here.includes(name) || reported.has(node.range[0])) return
      reported.add(node.range[0])
      context.report({ node, messageId: 'home', data: { name, home: HOMES[name] } })
    }
    return {
      Identifier: (node) => check(node, node.name),
      'MemberExpression > Literal.property': (node) => check(node, String(node.value)),
    }
  },
}
