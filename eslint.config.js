import { defineConfig, globalIgnores } from 'eslint/config'
import * as parser from '@typescript-eslint/parser'
import { house } from './scripts/lint/house.mjs'

const TYPESCRIPT = ['**/*.ts', '**/*.tsx']
const JAVASCRIPT = ['**/*.js', '**/*.mjs', '**/*.cjs']
const PRODUCT = ['electron/**/*.{ts,tsx}', 'shared/**/*.{ts,tsx}', 'renderer/**/*.{ts,tsx}']
const TOOL_CONFIGS = ['*.config.{js,mjs,ts}', '.*.mjs']
const ENTRIES = ['electron/*.ts']

/** The house's own rules, none of which asks for a type; all others are in .oxlintrc.json. */
export default defineConfig(
  globalIgnores(['dist/']),
  {
    // Exceptions from the other linter's rules stand in the same comments: it reports those that are not used.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { house },
    rules: { 'house/no-default-export': 'error' },
  },
  { files: TOOL_CONFIGS, rules: { 'house/no-default-export': 'off' } },
  {
    files: JAVASCRIPT,
    rules: { 'no-undef': 'error' },
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
        clearInterval: 'readonly',
        console: 'readonly',
        process: 'readonly',
        setInterval: 'readonly',
      },
    },
  },
  { files: TYPESCRIPT, languageOptions: { parser }, rules: { 'house/no-interface-prefix': 'error' } },
  {
    files: PRODUCT,
    rules: {
      'house/never-4-ipc': 'error',
      'house/never-5-clock': 'error',
      'house/never-5-environment': 'error',
      'house/never-5-fetch': 'error',
    },
  },
  { files: PRODUCT, ignores: ENTRIES, rules: { 'no-console': 'error' } },
  { files: ['electron/shell/ipc.ts'], rules: { 'house/never-4-ipc': ['error', { here: ['ipcMain'] }] } },
  {
    files: ['electron/preload.ts'],
    rules: { 'house/never-4-ipc': ['error', { here: ['ipcRenderer', 'contextBridge'] }] },
  },
  { files: ['electron/engine/foundation/clock.ts'], rules: { 'house/never-5-clock': 'off' } },
  // Waiting for the end of the current turn is no waiting for time: writes of one turn share a commit.
  {
    files: ['electron/engine/foundation/group-commit.ts'],
    rules: { 'house/never-5-clock': ['error', { allow: ['setImmediate'] }] },
  },
  {
    files: [...ENTRIES, 'electron/engine/settings/environment.ts'],
    rules: { 'house/never-5-environment': 'off' },
  },
  {
    files: [
      'electron/engine/notion/sdk.ts',
      'electron/engine/tunnel/probe-requests.ts',
      'electron/console/client.ts',
      'electron/simulator/deliveries.ts',
    ],
    rules: { 'house/never-5-fetch': 'off' },
  },
)
