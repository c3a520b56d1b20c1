/** Where text goes: a stream, how wide it is, and whether it shows colours. */
export type Output = { write(text: string): void; columns: number; colour: boolean; interactive: boolean };

const WIDEST = 100;
const NARROWEST = 32;
const DEFAULT_COLUMNS = 80;

/** Colours only on a terminal, and never where NO_COLOR is set. https://no-color.org */
export function outputTo(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Output {
  const interactive = stream.isTTY === true;
  const wanted = Number(environment.COLUMNS) || stream.columns || DEFAULT_COLUMNS;
  return {
    write: (text) => void stream.write(text),
    columns: Math.min(WIDEST, Math.max(NARROWEST, wanted)),
    colour: interactive && !environment.NO_COLOR && environment.TERM !== 'dumb',
    interactive,
  };
}

export type Paint = Record<'strong' | 'quiet' | 'good' | 'bad' | 'warn' | 'accent', (text: string) => string>;

/** ANSI styles, or nothing at all. Whatever is painted says the same in words or marks. */
export function paintFor(output: Pick<Output, 'colour'>): Paint {
  const style = (code: string) => (text: string) =>
    output.colour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    strong: style('1'),
    quiet: style('2'),
    good: style('32'),
    bad: style('1;31'),
    warn: style('33'),
    accent: style('36'),
  };
}
