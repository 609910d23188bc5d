import { registerHooks } from 'node:module'

/** Preloaded into a program (`--import`): tells on standard error which packages it loads, each time a file of one is. */
registerHooks({
  load: (url, context, nextLoad) => {
    const name = /node_modules\/([^/@]+|@[^/]+\/[^/]+)\/(?!.*node_modules)/.exec(url)?.[1]
    if (name !== undefined) process.stderr.write(`loads ${name}\n`)
    return nextLoad(url, context)
  },
})
