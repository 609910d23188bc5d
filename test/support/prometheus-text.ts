export interface MetricFamily {
  readonly type: string
  readonly help: string
  /** Values by their labels as they are written: `{state="waiting"}`, or nothing where there are none. */
  readonly values: Readonly<Record<string, number>>
}

const HELP = /^# HELP ([a-zA-Z_:][\w:]*) (\S.*)$/
const TYPE = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/
const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(\{[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*")*\})? (\S+)$/

const numberOf = (text: string, line: string): number => {
  if (!/^[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf|NaN)$/.test(text)) throw new Error(`No value: ${line}`)
  return Number(text)
}

/**
 * Reads the text format of Prometheus (0.0.4), strictly: each family has its help, its type and then its samples, no
 * series stands twice, and the last line ends. Throws at the first line that is otherwise.
 */
export const parsePrometheusText = (text: string): ReadonlyMap<string, MetricFamily> => {
  if (!text.endsWith('\n')) throw new Error('The last line does not end')
  const families = new Map<string, { type: string; help: string; values: Record<string, number> }>()
  let help: RegExpExecArray | null = null
  let name = ''
  for (const line of text.split('\n')) {
    const type = TYPE.exec(line)
    const sample = SAMPLE.exec(line)
    if (line === '') continue
    if (HELP.test(line)) {
      help = HELP.exec(line)
    } else if (type !== null) {
      name = type[1] ?? ''
      if (help?.[1] !== name || families.has(name)) throw new Error(`A type without its help, or twice: ${line}`)
      families.set(name, { type: type[2] ?? '', help: help[2] ?? '', values: {} })
    } else if (sample !== null) {
      const values = families.get(name)?.values
      const labels = sample[2] ?? ''
      if (sample[1] !== name || values === undefined) throw new Error(`A sample of no family: ${line}`)
      if (Object.hasOwn(values, labels)) throw new Error(`A series twice: ${line}`)
      values[labels] = numberOf(sample[3] ?? '', line)
    } else {
      throw new Error(`No line of the format: ${line}`)
    }
  }
  return families
}
