import * as z from 'zod';
import { type Measure, NEVER_SECONDS } from './rpo.ts';
import { secondsSince } from './store-ages.ts';
import { findingText, type Verification } from './verification.ts';

/** A verification that did not get as far as to say something, as the machine tells it. */
export const notDone = z.object({ schedule: z.string(), error: z.string(), cause: z.string() });
export type NotDone = z.infer<typeof notDone>;

export type VerificationReport = {
  version: 1;
  plan: string;
  run: { id: string; startedAt: string };
  endedAt: string;
  /** Of the plan's: within which it should have been over. */
  windowSeconds: number;
  overran: boolean;
  participants: string[];
  /** Each store once, by the newest recovery point that holds it. */
  stores: { store: string; verdict: Verification['stores'][number]['verdict']; backup: string | null }[];
  /** Schedules whose newest recovery point is not verified. */
  failures: number;
  schedules: Verification[];
};

type ReportFacts = {
  plan: string;
  run: { id: string; startedAt: string };
  drill: { window: number; participants: string[] };
  schedules: Verification[];
  now: Date;
};

export function writeVerificationReport({ plan, run, drill, schedules, now }: ReportFacts): VerificationReport {
  return {
    version: 1,
    plan,
    run,
    endedAt: now.toISOString(),
    windowSeconds: drill.window,
    overran: now.getTime() - Date.parse(run.startedAt) > drill.window * 1000,
    participants: drill.participants,
    stores: storesBy(schedules),
    failures: schedules.filter(isFailure).length,
    schedules,
  };
}

const isFailure = ({ findings }: Verification): boolean => findings.length > 0;

function storesBy(schedules: Verification[]): VerificationReport['stores'] {
  const newest = new Map<string, VerificationReport['stores'][number]>();
  for (const { stores, backup } of schedules.toSorted((a, b) => (a.moment ?? '').localeCompare(b.moment ?? '')))
    for (const { store, verdict } of stores) newest.set(store, { store, verdict, backup });
  return [...newest.values()];
}

/** What is told of the last verification, for as long as there is no newer one. */
export type LastVerification = {
  at: string;
  /** Whether it is so long ago that one must have been left out. */
  overdue: boolean;
  stores: number;
  /** A sentence each. */
  failures: string[];
};

/** A week, and a day for one that could not begin at once. */
const OVERDUE_MS = 8 * 86_400_000;

/** Undefined when there never was one. @param schedules those of the plan: of others nothing is told */
export function lastVerification(all: Verification[], schedules: string[], now: Date): LastVerification | undefined {
  const known = all.filter(({ schedule }) => schedules.includes(schedule));
  const at = known
    .map((one) => one.at)
    .toSorted()
    .at(-1);
  if (at === undefined) return undefined;
  return {
    at,
    overdue: now.getTime() - Date.parse(at) > OVERDUE_MS,
    stores: storesBy(known).length,
    failures: known.flatMap(({ schedule, backup, findings }) =>
      findings.map((one) => `${backup ?? schedule}: ${one.kind}: ${findingText(one)}`),
    ),
  };
}

/** How long nobody has looked into the backups, as the metric by which people are told. */
export function verificationAge(all: Verification[], schedules: string[], now: Date): Measure {
  const last = lastVerification(all, schedules, now);
  const value = last === undefined ? NEVER_SECONDS : secondsSince(last.at, now);
  return { name: 'VerificationAge', unit: 'Seconds', value, dimensions: {} };
}

/** The report for people, in Markdown. */
export function verificationText(report: VerificationReport): string {
  const { plan, run, endedAt, overran, participants, failures, stores } = report;
  const took = `Began ${run.startedAt}, ended ${endedAt}${overran ? ', which is over its window' : ''}.`;
  return [
    `# ${plan}: ${outcomeOf(report)}`,
    '',
    `Run ${run.id}. ${took}`,
    ...(participants.length > 0 ? [`For: ${participants.join(', ')}.`] : []),
    '',
    failures === 0
      ? `The newest recovery point of each of ${stores.length} stores opens, and holds what it says.`
      : 'What is damaged is not taken for a failover. What to do: docs/runbooks/alarms.md#verification.',
    '',
    ...report.schedules.flatMap(scheduleLines),
  ].join('\n');
}

/** As the metric by which people are told. */
export const verificationMeasures = ({ failures }: VerificationReport): Measure[] => [
  { name: 'VerificationFailures', unit: 'Count', value: failures, dimensions: {} },
];

export const outcomeOf = ({ failures, schedules }: VerificationReport): string =>
  failures === 0
    ? `${schedules.length} recovery points are verified`
    : `${failures} of ${schedules.length} recovery points ${failures === 1 ? 'is' : 'are'} not verified`;

function scheduleLines({ schedule, backup, moment, stores, named, compared, findings, notes }: Verification): string[] {
  return [
    `## ${schedule}`,
    '',
    backup === null
      ? 'Nothing to look at.'
      : `${backup}, of ${moment}. ${named} objects in the bucket, ${compared} of them read.`,
    '',
    '| Store | Verdict | Objects | Volumes |',
    '|---|---|---|---|',
    ...stores.map(({ store, verdict, objects, volumes }) => `| ${store} | ${verdict} | ${objects} | ${volumes} |`),
    '',
    ...findings.map((one) => `- **${one.kind}**: ${findingText(one)}`),
    ...notes.map((note) => `- ${note}`),
    '',
  ];
}
