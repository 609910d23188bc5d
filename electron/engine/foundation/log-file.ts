import { createStream, type RotatingFileStream } from 'rotating-file-stream'
import { errorText } from './errors.ts'

/** Log lines in a file of the data folder: five files of 5 MB, the newest without a number. */
export interface LogFile {
  write(line: string): void
  close(): Promise<void>
}

const NAME = 'blackcore-sync.log'

/**
 * Opens the file with the first line. A log that cannot be written never stops the engine: that is told once, through
 * `onTrouble`, and the file is left alone from then on.
 */
export const createLogFile = (folder: string, onTrouble: (sentence: string) => void): LogFile => {
  let stream: RotatingFileStream | null = null
  let isBroken = false

  const open = (): RotatingFileStream => {
    const opened = createStream(NAME, { path: folder, size: '5M', rotate: 5, mode: 0o600 })
    opened.on('error', (error) => {
      if (!isBroken) onTrouble(`The log file in ${folder} cannot be written: ${errorText(error)}.`)
      isBroken = true
    })
    return opened
  }

  return {
    write: (line) => {
      if (isBroken) return
      stream ??= open()
      stream.write(line)
    },
    close: () =>
      new Promise((resolve) => {
        if (stream === null || isBroken) resolve()
        else stream.end(resolve)
      }),
  }
}
