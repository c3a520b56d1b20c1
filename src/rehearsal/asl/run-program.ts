import type { Frame } from './frame.ts';
import type { Program } from './state-machine.ts';
import { Visit } from './visit.ts';

/** From the first state to the end of one line of execution. Answers its output; throws the Failure that ended it. */
export async function runProgram(program: Program, input: unknown, frame: Frame): Promise<unknown> {
  const { environment } = frame.execution;
  let name: string | undefined = program.startAt;
  let value = input;
  while (name !== undefined) {
    const state = program.states.get(name);
    if (state === undefined) throw new Error(`no state ${name}, though the definition was checked`);
    await frame.pause(environment.transitionMs());
    frame.open = state;
    const visit = new Visit(frame, state, value);
    const exit = await state.run(visit);
    visit.exited(exit);
    frame.open = undefined;
    value = exit.output;
    name = exit.next;
  }
  return value;
}
