import type { Clock } from '../domain/given.ts';
import { canBeSeen, looksWrong, nextSignal, type Signal, shouldAnnounce } from '../domain/signals.ts';
import type { ControlBus } from '../gateways/aws/control-bus.ts';
import type { SignalsTable } from '../gateways/aws/signals-table.ts';
import type { Web } from '../gateways/web.ts';
import type { EntryPoint, Plan } from '../plan/schema.ts';

/** As long as Route 53's own checkers wait. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html */
const PROBE_TIMEOUT_MS = 4_000;
/** Left for writing down what was seen before the next scheduled look. */
const SPARE_SECONDS = 10;

export type ProbeSites = { signals: SignalsTable; bus: ControlBus; web: Web; clock: Clock };

/**
 * Looks at the primary from here, once; while something seems wrong, again and again until the next scheduled look.
 * Each look is written down as this observer's word. Two of these at once only look more often. Where there is nothing
 * to look at, nothing is said.
 */
export async function probeSites(
  { signals, bus, web, clock }: ProbeSites,
  plan: Plan,
  observer: string,
): Promise<Signal | undefined> {
  if (!canBeSeen(plan)) return undefined;
  const { detection } = plan;
  const until = clock.now().getTime() + (detection.interval - SPARE_SECONDS) * 1000;
  let word = await signals.get('primary', observer);
  for (;;) {
    const answered = await anyAnswers(web, plan.entryPoints);
    const now = clock.now();
    word = nextSignal(word, observer, { answered, at: now }, detection);
    const announce = shouldAnnounce(word, now);
    if (announce) word = { ...word, announcedAt: now.toISOString() };
    await signals.put(word);
    if (announce) await bus.siteLooksDown(observer, word.since);
    if (!looksWrong(word, detection) || clock.now().getTime() + detection.tightInterval * 1000 > until) return word;
    await clock.sleep(detection.tightInterval * 1000);
  }
}

/** A site is up while any of its entry points answers well: one broken service is not a lost region. */
async function anyAnswers(web: Web, entryPoints: EntryPoint[]): Promise<boolean> {
  const answers = await Promise.all(
    entryPoints.map((entry) => web.get(primaryUrl(entry), PROBE_TIMEOUT_MS, entry.host)),
  );
  return answers.some((answer) => answer !== undefined && answer.status < 500);
}

const primaryUrl = (entry: EntryPoint): string => `http://${entry.primary}:${listenerPort(entry)}${entry.health}`;

/** A network load balancer listens on its service's port, an application load balancer on HTTP's. */
export const listenerPort = (entry: EntryPoint): number =>
  entry.target.kind === 'Service' ? (entry.backends[0]?.port ?? 80) : 80;
