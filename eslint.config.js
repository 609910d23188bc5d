import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { house } from './scripts/lint/house.mjs'

const TYPESCRIPT = ['**/*.ts', '**/*.tsx']
const JAVASCRIPT = ['**/*.js', '**/*.mjs', '**/*.cjs']
const PRODUCT = ['electron/**/*.{ts,tsx}', 'shared/**/*.{ts,tsx}', 'renderer/**/*.{ts,tsx}']
const TOOL_CONFIGS = ['*.config.{js,mjs,ts}', '.*.mjs']
const ENTRIES = ['electron/*.ts']

export default defineConfig(
  globalIgnores(['dist/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { house },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300 }],
      'no-constant-binary-expression': 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-empty': 'error',
      'no-param-reassign': 'error',
      'no-promise-executor-return': 'error',
      'no-self-compare': 'error',
      'no-unreachable': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': ['error', 'properties'],
      'prefer-const': 'error',
      'prefer-template': 'error',
      'house/no-default-export': 'error',
    },
  },
  { files: TOOL_CONFIGS, rules: { 'house/no-default-export': 'off' } },
  {
    files: JAVASCRIPT,
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error' },
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
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-shadow': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Slow, and about what strip-only TypeScript does not have (enums) or what this code avoids (classes).
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // A query names the type of its rows, which only its result has.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/prefer-optional-chain': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // An in-memory twin keeps the signature of what it stands in for, though it has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/strict-boolean-expressions': ['error', { allowNumber: false }],
      // A default is a decision about the rest; without one every member has its case.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Ours are closures, which have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      'house/no-interface-prefix': 'error',
    },
  },
  {
    files: PRODUCT,
    rules: {
      '@typescript-eslint/no-empty-function': 'error',
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
    files: ['electron/engine/notion/sdk.ts', 'electron/console/client.ts', 'electron/simulator/deliveries.ts'],
    rules: { 'house/never-5-fetch': 'off' },
  },
  {
    files: ['test/**/*.ts', 'test/**/*.tsx'],
    rules: {
      // Matchers such as expect.any() are of type any, and stand where a value is expected.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
)
