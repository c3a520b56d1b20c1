import { Results } from './results.ts';

type Entry = { at: number; level: 'info' | 'warning' | 'error'; message: string; fields: Record<string, string> };

/** What identifies the object that a line of the log is about. */
export type About = { resource?: string; namespace?: string; name?: string; error?: string };

/** The log of a backup: what it warns of and what fails is counted, and told in its results too. */
export class Log {
  readonly warnings = new Results();
  readonly errors = new Results();
  readonly #entries: Entry[] = [];
  readonly #now: () => number;
  readonly #subject: string;

  /** @param subject such as `backup=velero/daily-20260301020000` */
  constructor(subject: string, now: () => number) {
    this.#subject = subject;
    this.#now = now;
  }

  info(message: string, about: About = {}): void {
    this.#entries.push({ at: this.#now(), level: 'info', message, fields: about });
  }

  warn(message: string, about: About = {}): void {
    this.#note('warning', this.warnings, message, about);
  }

  error(message: string, about: About = {}): void {
    this.#note('error', this.errors, message, about);
  }

  text(): string {
    return this.#entries.map((entry) => line(entry, this.#subject)).join('');
  }

  #note(level: 'warning' | 'error', results: Results, message: string, about: About): void {
    this.#entries.push({ at: this.#now(), level, message, fields: about });
    const { resource, namespace, name, error } = about;
    const parts = [
      resource === undefined ? '' : ` resource: /${resource}`,
      name === undefined ? '' : ` name: /${name}`,
      ` message: /${message}`,
      error === undefined ? '' : ` error: /${error}`,
    ];
    if (namespace === undefined) results.velero(parts.join(''));
    else results.add(namespace, parts.join(''));
  }
}

function line({ at, level, message, fields }: Entry, subject: string): string {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const rest = Object.entries(fields).map(
    ([key, value]) => ` ${key}=${/[\s"=]/.test(value) ? JSON.stringify(value) : value}`,
  );
  return `time="${time}" level=${level} msg=${JSON.stringify(message)} ${subject}${rest.join('')}\n`;
}
