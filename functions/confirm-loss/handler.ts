import * as z from 'zod';
import { run } from '../../src/domain/run.ts';
import { LoadBalancers } from '../../src/gateways/aws/load-balancers.ts';
import { SignalsTable } from '../../src/gateways/aws/signals-table.ts';
import { Clusters } from '../../src/gateways/kubernetes/clusters.ts';
import { confirmLoss } from '../../src/operations/confirm-loss.ts';
import { chain } from '../chain.ts';
import { env } from './env.ts';

const input = z.object({ run });

export const create = chain({ env, input }, ({ wires, clock, random, plan, region, env, credentials }) => {
  const signals = new SignalsTable(wires, region, env.SIGNALS_TABLE);
  const clusters = new Clusters(wires, clock, random, credentials);
  const loadBalancers = new LoadBalancers(wires, plan.sites.standby.region);
  return (event) => confirmLoss({ signals, clusters, loadBalancers, clock }, plan, event.run);
});
