import { CatalogueTable } from '../src/gateways/aws/catalogue-table.ts';
import { Bucket } from '../src/gateways/aws/objects.ts';
import { CapturedFacts } from '../src/gateways/captured-facts.ts';
import { RecoveryBucket } from '../src/gateways/recovery-bucket.ts';
import type { Wires } from '../src/gateways/wires.ts';
import type { Plan } from '../src/plan/schema.ts';

type Names = { REPLICA_BUCKET: string; CONTROL_BUCKET: string; CATALOGUE_TABLE: string };

/** What every function needs that judges recovery points. */
export function catalogueGateways(wires: Wires, region: string, plan: Plan, env: Names) {
  return {
    replica: new RecoveryBucket(new Bucket(wires, plan.sites.standby.region, env.REPLICA_BUCKET)),
    captured: new CapturedFacts(new Bucket(wires, region, env.CONTROL_BUCKET)),
    catalogue: new CatalogueTable(wires, region, env.CATALOGUE_TABLE),
  };
}
