import { NotSimulated } from '../../kernel/not-simulated.ts';
import { Failure } from '../failure.ts';
import type { Frame } from '../frame.ts';
import { runTogether } from '../group.ts';
import type { Template } from '../jsonata/template.ts';
import { checkPayload } from '../limits.ts';
import { evaluateNumber, type NumberField, wrongType } from '../number-field.ts';
import { recover } from '../recovery.ts';
import { runProgram } from '../run-program.ts';
import type { Program } from '../state-machine.ts';
import { type StateReader, type StateType, supports } from '../state-type.ts';
import type { Exit, Leave, Visit } from '../visit.ts';

type MapDefinition = {
  processor: Program;
  items: Template | undefined;
  itemSelector: Template | undefined;
  maxConcurrency: NumberField | undefined;
  toleratedCount: NumberField | undefined;
  toleratedPercentage: NumberField | undefined;
  leave: Leave;
};

/** An Inline Map runs at most this many iterations at once. https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const INLINE_CONCURRENCY = 40;
const DISTRIBUTED = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];
const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true };

/** Runs a processor for each item. https://docs.aws.amazon.com/step-functions/latest/dg/state-map.html */
export const map: StateType = {
  fields: [
    'ItemProcessor',
    'Items',
    'ItemSelector',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
    'Output',
    'Assign',
    'Retry',
    'Catch',
    'Next',
    'End',
    ...DISTRIBUTED,
  ],
  parse(reader) {
    const next = reader.transition();
    const recovery = reader.recovery();
    const definition: MapDefinition = {
      processor: readProcessor(reader),
      items: reader.template('Items', 'input'),
      itemSelector: reader.template('ItemSelector', 'input'),
      maxConcurrency: reader.number('MaxConcurrency', COUNT),
      toleratedCount: reader.number('ToleratedFailureCount', COUNT),
      toleratedPercentage: reader.number('ToleratedFailurePercentage', { min: 0, max: 100, whole: false }),
      leave: { next, assign: reader.assign('result'), output: reader.template('Output', 'result') },
    };
    return {
      next: [next],
      recovery,
      run: (visit) => {
        const givenUp = () => visit.event('MapStateFailed');
        return recover(visit, recovery, () => attempt(visit, definition), givenUp);
      },
    };
  },
};

function readProcessor(reader: StateReader): Program {
  const { notSimulated } = reader.findings;
  for (const field of DISTRIBUTED)
    if (reader.has(field)) notSimulated.push(`${field} of the Map ${reader.state}, which a Distributed Map has`);
  const processor = reader.part('ItemProcessor');
  supports(processor, ['StartAt', 'States', 'ProcessorConfig', 'Comment']);
  const { Mode: mode = 'INLINE' } = (processor.raw.ProcessorConfig ?? {}) as Record<string, unknown>;
  if (mode === 'DISTRIBUTED') notSimulated.push(`the Distributed Map ${reader.state}`);
  else if (mode !== 'INLINE') processor.problem('It is INLINE or DISTRIBUTED', 'ProcessorConfig/Mode');
  return reader.program(processor.raw, processor.path);
}

async function attempt(visit: Visit, definition: MapDefinition): Promise<Exit> {
  const { frame } = visit;
  const items = await evaluateItems(visit, definition.items);
  const asked = definition.maxConcurrency ? await evaluateNumber(visit, definition.maxConcurrency) : 0;
  visit.event('MapStateStarted', { length: items.length });
  const failed = await tolerance(visit, definition, items.length);
  const outputs = await frame.wait(
    runTogether({
      parent: frame,
      count: items.length,
      concurrency: asked === 0 ? INLINE_CONCURRENCY : Math.min(asked, INLINE_CONCURRENCY),
      begin: (index, from) => {
        const member = frame.member(from, { map: visit.name, index }, { Index: index, Value: items[index] });
        member.iterationEvent('MapIterationStarted');
        return member;
      },
      run: (index, member) => iterate(visit, definition, items[index], member),
      succeeded: (member) => member.iterationEvent('MapIterationSucceeded'),
      failed,
    }),
  );
  visit.event('MapStateSucceeded', undefined, false);
  return visit.leave(definition.leave, outputs, { result: outputs });
}

async function evaluateItems(visit: Visit, template: Template | undefined): Promise<unknown[]> {
  const items = template === undefined ? visit.input : await visit.evaluate(template);
  if (Array.isArray(items)) return items;
  if (template === undefined)
    throw visit.evaluationFailed(`Map state input must be an array but was: ${JSON.stringify(items)}`);
  if (typeof items === 'object' && items !== null) throw new NotSimulated(`the Map ${visit.name} over an object`);
  const text = template.kind === 'expression' ? template.expression.text : JSON.stringify(items);
  const expression = `The JSONata expression '${text}' specified for the field 'Items'`;
  throw wrongType(visit, expression, 'Items', 'array', items);
}

async function iterate(visit: Visit, definition: MapDefinition, item: unknown, member: Frame): Promise<unknown> {
  const { itemSelector, processor } = definition;
  if (itemSelector === undefined) return runProgram(processor, item, member);
  const input = await visit.evaluate(itemSelector, {}, member);
  checkPayload(input, visit.name);
  return runProgram(processor, input, member);
}

/**
 * What a failed iteration means. Without a tolerance its error is the Map's; beyond one, the Map has an error of its
 * own. A tolerated failure leaves its Error and Cause in place of an output.
 */
async function tolerance(visit: Visit, definition: MapDefinition, total: number) {
  const { toleratedCount, toleratedPercentage } = definition;
  const count = toleratedCount && (await evaluateNumber(visit, toleratedCount));
  const percentage = toleratedPercentage && (await evaluateNumber(visit, toleratedPercentage));
  const declared = count !== undefined || percentage !== undefined;
  const allowed = declared ? Math.min(count ?? total, ((percentage ?? 100) * total) / 100) : 0;
  let failures = 0;
  return (member: Frame, failure: Failure): { output: unknown } | Failure => {
    member.iterationEvent('MapIterationFailed', { advance: false });
    failures++;
    if (allowed === 0) return failure;
    if (failures <= allowed) return { output: failure.output };
    const cause = `The specified tolerated failure threshold was exceeded: ${failures} of ${total} items failed.`;
    return new Failure('States.ExceedToleratedFailureThreshold', cause);
  };
}
