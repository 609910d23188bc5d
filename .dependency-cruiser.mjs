import { readFileSync } from 'node:fs'

/** The engine's folders, left to right: each may import only what stands to its right. */
const LAYERS = JSON.parse(readFileSync(new URL('layers.json', import.meta.url), 'utf8'))

const PRODUCT = '^(electron|shared|renderer)/'
const ENGINE = '^electron/engine/'
const FOUNDATION = `${ENGINE}foundation/`
/** Plain Node runs all entries but these two, and everything but the shell. */
const KNOWS_ELECTRON = '^electron/(shell/|main\\.ts$|preload\\.ts$)'
/** Without the package the name stays as written; the folder of the same name holds only paths that go on. */
const ELECTRON = '(^|/)node_modules/electron/|^electron(/(main|renderer|common|utility))?$'

const packagePattern = (name) => `(^|/)node_modules/(@types/)?${name}/|^${name}(/|$)`
const builtinPattern = (names) => `^(node:)?(${names})(/|$)`

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const electronStaysInTheShell = [
  forbid(
    'never-1-electron-stays-in-the-shell',
    'Electron belongs to electron/shell/, electron/main.ts and electron/preload.ts: hand what is needed over as an argument.',
    { pathNot: [KNOWS_ELECTRON, '^test/support/'] },
    { path: ELECTRON },
  ),
  forbid(
    'never-1-electron-stays-in-the-shell',
    'test/support/ may import the types of Electron, for the stand-in, and nothing that runs: write import type.',
    { path: '^test/support/' },
    { path: ELECTRON, dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'never-1-electron-out-of-reach',
    'This runs in plain Node, and an import on the way ends at Electron: move what is shared out of the file that knows Electron.',
    { path: '^electron/', pathNot: KNOWS_ELECTRON },
    { path: ELECTRON, reachable: true },
  ),
]

const layerRule = (layer, place) =>
  forbid(
    'never-2-uphill',
    'An engine folder imports only folders to its right (layers.json): take what stands to the left as a function argument, engine.ts hands it over.',
    { path: `${ENGINE}${layer}/` },
    { path: ENGINE, pathNot: `${ENGINE}(${LAYERS.slice(place).join('|')})/` },
  )

const downhill = [
  ...LAYERS.map(layerRule),
  forbid(
    'never-2-uphill',
    'The engine imports nothing of the programs around it: take what it needs as a function argument.',
    { path: ENGINE },
    { path: '^electron/', pathNot: ENGINE },
  ),
  forbid(
    'never-2-uphill',
    'Only electron/engine/engine.ts sees both ends: move this file into the folder it belongs to.',
    { path: `${ENGINE}[^/]+$`, pathNot: `${ENGINE}engine\\.ts$` },
    { path: ENGINE },
  ),
  forbid(
    'never-2-no-cycles',
    'No cycles, type imports included: move what both sides need into a third file, or hand it over as an argument.',
    {},
    { circular: true },
  ),
]

const processWall = [
  forbid(
    'never-3-renderer-sees-shared-only',
    'The renderer sees renderer/, shared/ and its own packages: ask for everything else through the bridge.',
    { path: '^renderer/' },
    { pathNot: ['^(renderer|shared)/', '(^|/)node_modules/'], couldNotResolve: false },
  ),
  forbid(
    'never-3-shared-sees-itself',
    'shared/ sees shared/ and zod: what needs more belongs to one side of the wall.',
    { path: '^shared/' },
    { pathNot: ['^shared/', packagePattern('zod')] },
  ),
  forbid(
    'never-3-nothing-sees-the-renderer',
    'Nothing imports the renderer: what both sides need belongs to shared/.',
    { path: '^(electron|shared|scripts)/' },
    { path: '^renderer/' },
  ),
]

const engineDoor = [
  forbid(
    'never-4-through-the-engine-door',
    'Entries, shell/ and console/ reach the engine through electron/engine/engine.ts and electron/engine/settings/: let engine.ts offer what is missing.',
    { path: '^electron/([^/]+$|shell/|console/)' },
    { path: ENGINE, pathNot: [`${ENGINE}engine\\.ts$`, `${ENGINE}settings/`] },
  ),
  forbid(
    'simulator-stands-apart',
    'The simulator is the other side: of electron/ it sees only itself and electron/engine/foundation/, besides shared/.',
    { path: '^electron/simulator/' },
    { path: '^(electron|renderer|test|scripts)/', pathNot: ['^electron/simulator/', FOUNDATION] },
  ),
]

/** A module with a side effect, and the one place that may import it; everyone else is handed what that place makes. */
const onlyIn = (name, home, modules, advice) =>
  forbid(
    name,
    `${advice} (the one home: ${home.replaceAll(/[\^$\\]/g, '')})`,
    { path: PRODUCT, pathNot: home },
    { path: modules },
  )

const sideEffects = [
  onlyIn('never-5-disk', `${FOUNDATION}disk\\.ts$`, builtinPattern('fs'), 'Take a disk as an argument'),
  onlyIn(
    'never-5-http-server',
    `${FOUNDATION}http-server\\.ts$`,
    [builtinPattern('https?|http2|net'), packagePattern('fastify')],
    'Take a server as an argument; its types are exported there',
  ),
  onlyIn(
    'never-5-database',
    `${FOUNDATION}(database(-reading)?|file-lock)\\.ts$`,
    builtinPattern('sqlite'),
    'Take a database as an argument',
  ),
  onlyIn(
    'never-5-log',
    `${FOUNDATION}log(-file)?\\.ts$`,
    [packagePattern('pino'), packagePattern('rotating-file-stream')],
    'Take a log as an argument',
  ),
  onlyIn('never-5-ngrok', `${ENGINE}tunnel/`, packagePattern('@ngrok/ngrok'), 'Take a tunnel as an argument'),
  onlyIn(
    'never-5-notion-sdk',
    `${ENGINE}notion/sdk\\.ts$`,
    packagePattern('@notionhq/client'),
    'Take a Notion client as an argument',
  ),
  onlyIn(
    'never-5-child-process',
    `${ENGINE}(triggers/|foundation/child-program\\.ts$)`,
    [builtinPattern('child_process'), packagePattern('execa')],
    'Take what starts a program as an argument',
  ),
]

/** Read by scripts/check-layers.mjs, which also makes sure that the whole tree was seen. */
export default {
  forbidden: [...electronStaysInTheShell, ...downhill, ...processWall, ...engineDoor, ...sideEffects],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
