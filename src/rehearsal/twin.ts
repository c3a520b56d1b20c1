import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { SiteName } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import type { Assembly } from './assembly/assembly.ts';
import { createHandlersIn, FUNCTION_FOLDER, type Handlers } from './assembly/functions.ts';
import { loadAssembly } from './assembly/load.ts';
import { CloudWatch } from './cloud/cloudwatch.ts';
import { DynamoDb } from './cloud/dynamodb.ts';
import { Ec2 } from './cloud/ec2.ts';
import { Ecr } from './cloud/ecr.ts';
import { Eks } from './cloud/eks.ts';
import { ElasticLoadBalancing } from './cloud/elasticloadbalancingv2.ts';
import { EventBridge } from './cloud/eventbridge.ts';
import { Iam } from './cloud/iam.ts';
import { Kms } from './cloud/kms.ts';
import { Lambda } from './cloud/lambda.ts';
import { Logs } from './cloud/logs.ts';
import { Route53 } from './cloud/route53.ts';
import { S3 } from './cloud/s3.ts';
import { Scheduler } from './cloud/scheduler.ts';
import { Sfn } from './cloud/sfn.ts';
import { Sns } from './cloud/sns.ts';
import { Sqs } from './cloud/sqs.ts';
import { Ssm } from './cloud/ssm.ts';
import { Sts } from './cloud/sts.ts';
import { type CallRecord, World } from './cloud/world.ts';
import { XRay } from './cloud/xray.ts';
import { Cluster } from './cluster/cluster.ts';
import type { ClusterHost } from './cluster/host.ts';
import { installVelero } from './cluster/velero/velero.ts';
import { Invocations } from './invocations.ts';
import { Kernel } from './kernel/kernel.ts';
import { Latencies, type Latency } from './kernel/latencies.ts';
import { NotSimulated } from './kernel/not-simulated.ts';
import type { Parts, WatchedCluster } from './parts.ts';

const LATENCIES: Record<string, Latency> = parse(readFileSync(new URL('./latencies.yaml', import.meta.url), 'utf8'));

/** The simulated cloud with one deployed assembly in it, and both clusters. */
export class Twin {
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly world: World;
  readonly iam: Iam;
  readonly s3: S3;
  readonly ecr: Ecr;
  readonly ec2: Ec2;
  readonly eks: Eks;
  readonly sfn: Sfn;
  readonly dynamodb: DynamoDb;
  readonly eventbridge: EventBridge;
  readonly scheduler: Scheduler;
  readonly cloudwatch: CloudWatch;
  readonly elb: ElasticLoadBalancing;
  readonly route53: Route53;
  readonly invocations: Invocations;
  /** Every call that IAM denied, from the deployment on. */
  readonly denied: CallRecord[] = [];
  readonly #clusters = new Map<string, WatchedCluster>();

  /** @param start virtual time in milliseconds since 1970 */
  constructor(plan: Plan, assembly: Assembly, handlers: Handlers, seed: string, start: number, parts: Parts = {}) {
    this.plan = plan;
    this.kernel = parts.kernel ?? new Kernel(seed, start);
    this.world = new World(this.kernel, new Latencies(LATENCIES, this.kernel.random.fork('latencies')));
    this.invocations = new Invocations(this.kernel);
    const { world } = this;
    world.observe((call) => {
      if (call.outcome === 'denied') this.denied.push(call);
    });
    this.iam = new Iam(world);
    const kms = new Kms(world, this.iam);
    const create = createHandlersIn(world, assembly, handlers);
    const lambda = new Lambda(world, this.iam, (spec, sandbox) =>
      this.invocations.watched(String(spec.metadata[FUNCTION_FOLDER]), create(spec, sandbox)),
    );
    this.eventbridge = new EventBridge(world, this.iam);
    this.scheduler = new Scheduler(world, this.iam);
    this.sfn = new Sfn(world, this.iam);
    this.s3 = new S3(world);
    this.dynamodb = new DynamoDb(world);
    this.ecr = new Ecr(world);
    this.ec2 = new Ec2(world);
    this.cloudwatch = new CloudWatch(world);
    this.elb = new ElasticLoadBalancing(world);
    const { elb } = this;
    this.route53 = new Route53(world, this.cloudwatch, elb);
    const { cluster = simulated } = parts;
    this.eks = new Eks(world, (host) => this.#made(host, cluster(host)), { ec2: this.ec2, ecr: this.ecr, elb });
    const core = [this.iam, kms, lambda, this.eventbridge, this.scheduler, this.sfn, this.eks, elb];
    const data = [this.s3, this.dynamodb, this.ecr, this.ec2, this.cloudwatch, this.route53];
    const rest = [
      new Sqs(world, this.iam, kms),
      new Sns(world, this.iam, kms),
      new Logs(world),
      new XRay(),
      new Sts(world, this.iam),
      new Ssm(world),
    ];
    for (const service of [...core, ...data, ...rest]) world.register(service);
  }

  /** The clusters by site, once the primary's has been adopted and the standby's deployed. */
  get clusters(): Record<SiteName, WatchedCluster> {
    return { primary: this.#at('primary'), standby: this.#at('standby') };
  }

  /** A site's cluster, where it is a simulated one. */
  cluster(site: SiteName): Cluster {
    const found = this.#at(site);
    if (!(found instanceof Cluster)) throw new NotSimulated(`what a real cluster does of itself, in the ${site},`);
    return found;
  }

  deploy(assembly: Assembly): void {
    loadAssembly(assembly, this.world);
  }

  #at(site: SiteName): WatchedCluster {
    const { region, cluster } = this.plan.sites[site];
    const found = this.#clusters.get(`${region}/${cluster}`);
    if (found === undefined) throw new Error(`no cluster ${cluster} in ${region}`);
    return found;
  }

  #made<Made extends WatchedCluster>({ region, name }: ClusterHost, cluster: Made): Made {
    this.#clusters.set(`${region}/${name}`, cluster);
    return cluster;
  }
}

function simulated(host: ClusterHost): Cluster {
  const cluster = new Cluster(host);
  installVelero(cluster);
  return cluster;
}
