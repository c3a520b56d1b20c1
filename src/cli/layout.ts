/** Breaks text into lines of at most `width`, at spaces; a longer word stands alone, cut where it must be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** A paragraph whose first line begins with `lead`, and whose others are indented by `indent`: as far as the lead is long. */
export function hang(lead: string, text: string, width: number, indent: number = lead.length): string[] {
  const filler = '\u0000'.repeat(Math.max(0, lead.length - indent));
  const [first = '', ...rest] = wrap(`${filler}${text}`, Math.max(8, width - indent));
  return [lead + first.slice(filler.length), ...rest.map((line) => ' '.repeat(indent) + line)];
}

/** Rows as columns, each as wide as its widest cell; `right` names the columns of numbers. */
export function columns(rows: string[][], right: number[] = []): string[] {
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, index) => Math.max(known[index] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** A horizontal bar of `share` (0 to 1) of `width` cells, to an eighth of a cell; never empty for a share above 0. */
export function bar(share: number, width: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(share * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
}
