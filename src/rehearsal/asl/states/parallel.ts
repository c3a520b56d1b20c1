import { runTogether } from '../group.ts';
import type { Template } from '../jsonata/template.ts';
import { checkPayload } from '../limits.ts';
import { recover } from '../recovery.ts';
import { runProgram } from '../run-program.ts';
import type { Program } from '../state-machine.ts';
import { type StateType, supports } from '../state-type.ts';
import type { Exit, Leave, Visit } from '../visit.ts';

/** Runs branches side by side. https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html */
export const parallel: StateType = {
  fields: ['Branches', 'Arguments', 'Output', 'Assign', 'Retry', 'Catch', 'Next', 'End'],
  parse(reader) {
    const branches = reader.parts('Branches').map((branch) => {
      supports(branch, ['StartAt', 'States', 'Comment']);
      return reader.program(branch.raw, branch.path);
    });
    if (branches.length === 0) reader.problem('Branches must hold at least one branch', 'Branches');
    const input = reader.template('Arguments', 'input');
    const next = reader.transition();
    const recovery = reader.recovery();
    const leave = { next, assign: reader.assign('result'), output: reader.template('Output', 'result') };
    return {
      next: [next],
      recovery,
      run: (visit) => {
        const givenUp = () => visit.event('ParallelStateFailed');
        return recover(visit, recovery, () => attempt(visit, branches, input, leave), givenUp);
      },
    };
  },
};

async function attempt(
  visit: Visit,
  branches: readonly Program[],
  template: Template | undefined,
  leave: Leave,
): Promise<Exit> {
  const { frame } = visit;
  const input = template === undefined ? visit.input : await visit.evaluate(template);
  checkPayload(input, visit.name);
  visit.event('ParallelStateStarted');
  const outputs = await frame.wait(
    runTogether({
      parent: frame,
      count: branches.length,
      concurrency: branches.length,
      begin: (_, from) => frame.member(from),
      run: (index, member) => runProgram(branches[index] as Program, input, member),
    }),
  );
  visit.event('ParallelStateSucceeded', undefined, false);
  return visit.leave(leave, outputs, { result: outputs });
}
