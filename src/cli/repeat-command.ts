export type Repeatable = {
  scenario: string;
  seed: number;
  plan?: string;
  workloads?: string;
  assembly?: string;
  real?: boolean;
};

/** The command that repeats one rehearsal, to be pasted into a shell. */
export function repeatCommand({ scenario, seed, plan, workloads, assembly, real }: Repeatable): string {
  const flags = { '--plan': plan, '--workloads': workloads, '--assembly': assembly };
  const given = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, quoted(value)]));
  const all = real === true ? [...given, '--real'] : given;
  return ['npx lifeboat rehearse', quoted(scenario), '--seed', seed, ...all].join(' ');
}

/** A word of a POSIX shell. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
