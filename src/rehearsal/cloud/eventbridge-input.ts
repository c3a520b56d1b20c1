import type { BusEvent, Target } from './eventbridge-rule.ts';

/** What a target is given of an event, as JSON. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export function inputFor(target: Target, event: BusEvent, ruleArn: string, ingestedAt: string): string {
  if (target.input !== undefined) return target.input;
  if (target.inputPath !== undefined) return JSON.stringify(valueAt(event, target.inputPath) ?? null);
  if (target.transformer === undefined) return JSON.stringify(event);
  const { paths, template } = target.transformer;
  const values = new Map<string, unknown>(Object.entries(paths).map(([name, path]) => [name, valueAt(event, path)]));
  const { detail, ...envelope } = event;
  values.set('aws.events.rule-arn', ruleArn);
  values.set('aws.events.rule-name', ruleArn.slice(ruleArn.lastIndexOf('/') + 1));
  values.set('aws.events.event.ingestion-time', ingestedAt);
  values.set('aws.events.event', envelope);
  values.set('aws.events.event.json', { ...envelope, detail });
  return fill(template, values);
}

/** The paths that input paths and transformers take: $.detail.alarmName, $.resources[0]. */
function valueAt(event: unknown, path: string): unknown {
  let value = event;
  for (const [, name, index] of path.replace(/^\$/, '').matchAll(/\.([^.[\]]+)|\[(\d+|'[^']*')\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? String(index).replaceAll("'", '')];
  }
  return value;
}

/** Within quotes a value stands as its text, elsewhere as JSON; what the event lacks leaves nothing behind. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([A-Za-z0-9_.-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined || !values.has(name)) return found;
    const value = values.get(name);
    if (!quoted) return JSON.stringify(value) ?? 'null';
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return JSON.stringify(text).slice(1, -1);
  });
}
