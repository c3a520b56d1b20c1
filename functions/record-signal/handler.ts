import * as z from 'zod';
import { SignalsTable } from '../../src/gateways/aws/signals-table.ts';
import { recordSignal } from '../../src/operations/record-signal.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
const input = z.object({
  time: z.string(),
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string(), timestamp: z.string().optional() }) }),
});

export const create = chain({ env, input }, ({ wires, clock, plan, region, env }) => {
  const signals = new SignalsTable(wires, region, env.SIGNALS_TABLE);
  return ({ time, detail }) => {
    const change = {
      alarmName: detail.alarmName,
      state: detail.state.value,
      changedAt: detail.state.timestamp ?? time,
    };
    return recordSignal({ signals, clock }, plan.name, change);
  };
});
