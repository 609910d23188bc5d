import { clockRule } from './never-5-clock.mjs'
import { environmentRule } from './never-5-environment.mjs'
import { fetchRule } from './never-5-fetch.mjs'
import { ipcRule } from './never-4-ipc.mjs'
import { noDefaultExportRule } from './no-default-export.mjs'
import { noInterfacePrefixRule } from './no-interface-prefix.mjs'

/** The nevers inside a file; those between files are in .dependency-cruiser.mjs. */
export const house = {
  meta: { name: 'house' },
  rules: {
    'never-4-ipc': ipcRule,
    'never-5-clock': clockRule,
    'never-5-environment': environmentRule,
    'never-5-fetch': fetchRule,
    'no-default-export': noDefaultExportRule,
    'no-interface-prefix': noInterfacePrefixRule,
  },
}
