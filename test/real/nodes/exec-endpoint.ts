import { spawn } from 'node:child_process';
import { firstLine } from '../first-line.ts';

/**
 * Starts what answers `exec` for all nodes, and ends with this process. A command in a pod of an image that only seems to
 * run has nothing to do, and succeeds. Answers its port.
 */
export async function startExecEndpoint(program: string): Promise<number> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  return Number(await firstLine(child, 'the endpoint for exec'));
}
