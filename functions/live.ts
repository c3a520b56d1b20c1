import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { liveWires } from '../src/gateways/live-wires.ts';
import type { Given } from './given.ts';

/** The real world, for a deployed function. */
export function live(): Given {
  const logger = new Logger();
  return {
    environment: process.env,
    clock: { now: () => new Date(), sleep: (milliseconds) => setTimeout(milliseconds) },
    ids: { next: () => randomUUID() },
    random: { next: () => Math.random() },
    wires: liveWires,
    readFile: (path) => readFileSync(path, 'utf8'),
    log: ({ level, message, ...rest }) => logger[level === 'error' ? 'error' : 'info'](String(message ?? ''), rest),
  };
}
