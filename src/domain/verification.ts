import * as z from 'zod';
import { expectedObjects } from './completeness.ts';
import { type BackupContents, troublesOf, volumesIn } from './contents.ts';
import type { SealedObject } from './seal.ts';

/**
 * damage: the point does not bring everything back. drift: it does, but the primary has something else than what is in
 * it. unverified: nobody could look.
 */
const finding = z.object({
  kind: z.enum(['damage', 'drift', 'unverified']),
  /** The namespace; null where all of the point is concerned. */
  store: z.string().nullable(),
  what: z.string(),
});
export type Finding = z.infer<typeof finding>;

const storeVerification = z.object({
  store: z.string(),
  verdict: z.enum(['verified', 'damage', 'drift', 'unverified']),
  objects: z.int(),
  volumes: z.int(),
});

/** What was found of the recovery point that a failover would take from one schedule. */
export const verification = z.object({
  run: z.string(),
  schedule: z.string(),
  at: z.iso.datetime(),
  /** Null when none can be restored. */
  backup: z.string().nullable(),
  moment: z.iso.datetime().nullable(),
  stores: z.array(storeVerification),
  /** Objects in the archive, by apiVersion/Kind. */
  kinds: z.record(z.string(), z.int()),
  /** Objects in the bucket: those that the seals name, and those whose bytes were compared with what they say. */
  named: z.int(),
  compared: z.int(),
  findings: z.array(finding),
  /** What is no fault: what came and went, what cannot be compared. */
  notes: z.array(z.string()),
});
export type Verification = z.infer<typeof verification>;

/** One object that was read, against the digest that is sealed. */
export type Compared = { key: string; outcome: 'same' | 'other bytes' | 'gone' | 'no digest' };

/** An object that is not there in the version that is sealed; when it was deleted, if it was. */
export type Changed = { key: string; deletedAt: Date | undefined };

export type VerificationFacts = {
  run: string;
  schedule: string;
  namespaces: string[];
  backup: string;
  moment: Date;
  contents: BackupContents;
  named: SealedObject[];
  /** Seals that should name objects, and are not there or not genuine. */
  unsealed: string[];
  changed: Changed[];
  compared: Compared[];
  /** Names of the primary's objects by apiVersion/Kind, and when they were captured. */
  inventory: { capturedAt: string; names?: Record<string, string[]> | undefined };
  /** A deletion in a repository since then may be kopia's own: no seal has told of it yet. */
  unsealedSince: Date;
  now: Date;
};

export function verify(facts: VerificationFacts): Verification {
  const { run, schedule, namespaces, backup, moment, named, compared, now } = facts;
  const recent = facts.changed.filter((one) => isRecent(one, facts));
  const drifts = namespaces.map((store) => driftOf(store, facts));
  const findings = [...damageOf(facts, recent), ...drifts.flatMap(({ findings }) => findings)];
  const items = itemsOf(facts.contents);
  const volumes = volumesIn(facts.contents);
  return {
    run,
    schedule,
    at: now.toISOString(),
    backup,
    moment: moment.toISOString(),
    stores: namespaces.map((store) => ({
      store,
      verdict: verdictOf(store, findings),
      objects: items.filter((item) => item.name.startsWith(`${store}/`)).length,
      volumes: volumes.filter(({ namespace, portable }) => portable && namespace === store).length,
    })),
    kinds: Object.fromEntries(
      Array.from(
        Map.groupBy(items, ({ type }) => type),
        ([type, all]) => [type, all.length],
      ),
    ),
    named: named.length,
    compared: compared.filter(({ outcome }) => outcome === 'same').length,
    findings: findings.slice(0, FINDINGS_KEPT),
    notes: [...notesOf(compared, recent), ...drifts.flatMap(({ notes }) => notes)],
  };
}

/** When nothing of a schedule can be verified, and why. */
export const unverified = (
  { run, schedule, namespaces, now }: Pick<VerificationFacts, 'run' | 'schedule' | 'namespaces' | 'now'>,
  what: string,
): Verification => ({
  run,
  schedule,
  at: now.toISOString(),
  backup: null,
  moment: null,
  stores: namespaces.map((store) => ({ store, verdict: 'unverified', objects: 0, volumes: 0 })),
  kinds: {},
  named: 0,
  compared: 0,
  findings: [{ kind: 'unverified', store: null, what }],
  notes: [],
});

export const findingText = ({ store, what }: Finding): string => (store === null ? what : `${store}: ${what}`);

/** An item of a table holds 400 KB. */
const FINDINGS_KEPT = 50;
const NAMES_TOLD = 20;
const SEVEREST = ['damage', 'unverified', 'drift'] as const;

const verdictOf = (store: string, findings: Finding[]): z.infer<typeof storeVerification>['verdict'] =>
  SEVEREST.find((kind) => findings.some((one) => one.kind === kind && (one.store ?? store) === store)) ?? 'verified';

/**
 * Kopia's maintenance deletes what no snapshot needs any more, and the next seal tells. What was deleted longer ago,
 * and no seal has told of, is missed by a restore. https://kopia.io/docs/advanced/maintenance/
 */
const isRecent = ({ key, deletedAt }: Changed, { unsealedSince }: VerificationFacts): boolean =>
  storeOf(key) !== null && deletedAt !== undefined && deletedAt > unsealedSince;

/** The namespace whose kopia repository an object is of; null for the files of a backup. */
const storeOf = (key: string): string | null => /^velero\/kopia\/([^/]+)\//.exec(key)?.[1] ?? null;

function damageOf(facts: VerificationFacts, recent: Changed[]): Finding[] {
  const damage = (store: string | null, what: string): Finding => ({ kind: 'damage', store, what });
  const changed = facts.changed.filter((one) => !recent.includes(one));
  return [
    ...facts.unsealed.map((backup) => damage(null, `the seal of ${backup} is gone, or not genuine`)),
    ...byStore(changed).map(([store, all]) =>
      damage(store, `${all.length} of its objects were changed or deleted: ${told(all.map(({ key }) => key))}`),
    ),
    ...facts.compared
      .filter(({ outcome }) => outcome === 'other bytes' || outcome === 'gone')
      .map(({ key, outcome }) =>
        damage(storeOf(key), `${key}: ${outcome === 'gone' ? 'gone' : 'its bytes are others'}`),
      ),
    ...troublesOf(facts.contents).map(({ reason }) => damage(null, reason)),
  ];
}

const byStore = (changed: Changed[]): [string | null, Changed[]][] => [
  ...Map.groupBy(changed, ({ key }) => storeOf(key)),
];

function notesOf(compared: Compared[], recent: Changed[]): string[] {
  const without = compared.filter(({ outcome }) => outcome === 'no digest');
  const notes = byStore(recent).map(
    ([store, all]) => `${all.length} objects of ${store}'s repository were deleted since it was last sealed`,
  );
  if (without.length > 0)
    notes.push(
      `${without.length} objects were read, but have no digest to compare with: ${told(without.map(({ key }) => key))}`,
    );
  return notes;
}

/** So much may come and go between the backup and the hourly look at the primary; of claims, which hold data, less. */
const TOLERATED_SHARE = 0.1;
const TOLERATED_OBJECTS = 3;
const TOLERATED_CLAIMS = 1;

/** How the primary's objects of one namespace differ from those in the archive, by name. */
function driftOf(store: string, { inventory, contents }: VerificationFacts): { findings: Finding[]; notes: string[] } {
  if (contents.archive?.kind !== 'there') return { findings: [], notes: [] };
  if (inventory.names === undefined)
    return { findings: [], notes: [`${store} is compared with no inventory: the one that there is names nothing`] };
  const there = itemsOf(contents);
  const live = namesIn(inventory.names, store);
  const kept = namesIn(
    Object.fromEntries(
      Array.from(
        Map.groupBy(there, ({ type }) => type),
        namesOf,
      ),
    ),
    store,
  );
  const lacking = live.filter((name) => !kept.includes(name));
  // Kinds that the inventory does not count cannot be missed in it.
  const counted = new Set(Object.keys(inventory.names).map((type) => type.slice(type.lastIndexOf('/') + 1)));
  const fresh = kept.filter((name) => !live.includes(name) && counted.has(name.slice(0, name.indexOf(' '))));
  const drift = (what: string): Finding => ({ kind: 'drift', store, what });
  const when = `captured at ${inventory.capturedAt}`;
  if (live.length > 0 && lacking.length === live.length)
    return {
      findings: [drift(`nothing of it is in the backup, but ${live.length} objects are in the primary, ${when}`)],
      notes: [],
    };
  const isClaim = (name: string): boolean => name.startsWith('PersistentVolumeClaim ');
  const beyond = (some: string[], all: string[], least: number) =>
    some.length > Math.max(least, all.length * TOLERATED_SHARE);
  const tooMany =
    beyond(lacking, live, TOLERATED_OBJECTS) || beyond(lacking.filter(isClaim), live.filter(isClaim), TOLERATED_CLAIMS);
  const lacked = lacking.length === 0 ? [] : [`in the primary, ${when}, and not in the backup: ${told(lacking)}`];
  const added = fresh.length === 0 ? [] : [`in the backup and not in the primary, ${when}: ${told(fresh)}`];
  return {
    findings: tooMany ? lacked.map(drift) : [],
    notes: [...(tooMany ? [] : lacked), ...added].map((note) => `${store}: ${note}`),
  };
}

/** What must be live of a namespace after a restore, as `Kind namespace/name`. */
const namesIn = (names: Record<string, string[]>, store: string): string[] =>
  expectedObjects(names, [store], false).flatMap(({ kind, names: all }) => all.map((name) => `${kind} ${name}`));

type Item = { type: string; name: string };

/** What the archive holds, as `apiVersion/Kind` and `namespace/name`. */
const itemsOf = ({ archive }: BackupContents): Item[] =>
  archive?.kind === 'there'
    ? Array.from(archive.value.items, (item) => {
        const blank = item.indexOf(' ');
        return { type: item.slice(0, blank), name: item.slice(blank + 1) };
      })
    : [];

const namesOf = ([type, items]: [string, Item[]]): [string, string[]] => [type, items.map(({ name }) => name)];

const told = (names: string[]): string =>
  names.length > NAMES_TOLD
    ? `${names.slice(0, NAMES_TOLD).join(', ')} and ${names.length - NAMES_TOLD} more`
    : names.join(', ');
