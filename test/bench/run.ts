import { benchAccepts } from './accepts.ts'

/** The measured figures. Two shared cores are noisy: ratios within one run count, absolute numbers do not. */
await benchAccepts()
