import { createHash } from 'node:crypto';
import { Aws } from 'aws-cdk-lib';
import { controlRegion } from '../src/plan/places.ts';
import type { Plan } from '../src/plan/schema.ts';

export type StackName = 'primary' | 'standby' | 'control' | 'signals' | 'witness';
export type MachineName = 'failover' | 'fence' | 'protect' | 'judge' | 'verify';
export type TableName = 'runs' | 'signals' | 'catalogue';

/**
 * Where Route 53 keeps its health checks' metrics, and nowhere else.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html
 */
export const SIGNALS_REGION = 'us-east-1';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME_LENGTH = 63;
const ACCOUNT_LENGTH = 12;

/**
 * What everything is called. Stacks never read each other: a stack that read another region's could not be updated
 * while that region is down. So they agree by these names, from which every ARN follows. Only the commercial
 * partition is meant: Route 53's health checks live in us-east-1, which the others do not have.
 */
export class Names {
  readonly plan: Plan;
  readonly prefix: string;
  readonly controlRegion: string;

  constructor(plan: Plan) {
    this.plan = plan;
    this.prefix = `lifeboat-${plan.name}`;
    this.controlRegion = controlRegion(plan);
  }

  /** A stack, function, role, rule, schedule, machine, alarm or queue of ours. */
  of(what: string): string {
    return `${this.prefix}-${what}`;
  }

  /** The account of every stack. */
  get account(): string {
    return Aws.ACCOUNT_ID;
  }

  /** The bus, the topic of its own region, the tables. */
  get bus(): string {
    return this.prefix;
  }

  get capturedBucket(): string {
    return this.#bucket('captured');
  }

  get reportsBucket(): string {
    return this.#bucket('reports');
  }

  get sealKeyAlias(): string {
    return `alias/${this.of('seal')}`;
  }

  get reportKeyAlias(): string {
    return `alias/${this.of('report')}`;
  }

  /** One key in each site's region, under the same alias. */
  get backupKeyAlias(): string {
    return `alias/${this.of('backups')}`;
  }

  /** Of a site's bucket of backups. */
  backupKeyArn(site: 'primary' | 'standby'): string {
    return this.arn('kms', this.plan.sites[site].region, this.backupKeyAlias);
  }

  loadBalancer(entryPoint: string): string {
    return `lb-${entryPoint}`;
  }

  targetGroup(entryPoint: string, backend: number): string {
    return `tg-${entryPoint}-${backend}`;
  }

  /** The us-east-1 alarm that says that an entry point of the primary does not answer. */
  downAlarm(entryPoint: string): string {
    return this.of(`${entryPoint}-down`);
  }

  /** The standby's alarm by which traffic moves. */
  onStandbyAlarm(entryPoint: string): string {
    return this.of(`${entryPoint}-on-standby`);
  }

  arn(service: string, region: string, resource: string): string {
    return `arn:aws:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;
  }

  bucketArn(bucket: string): string {
    return `arn:aws:s3:::${bucket}`;
  }

  roleArn(role: string): string {
    return this.arn('iam', '', `role/${this.of(role)}`);
  }

  machineArn(machine: MachineName): string {
    return this.arn('states', this.controlRegion, `stateMachine:${this.of(machine)}`);
  }

  functionArn(name: string, region = this.controlRegion): string {
    return this.arn('lambda', region, `function:${this.of(name)}`);
  }

  tableArn(table: TableName): string {
    return this.arn('dynamodb', this.controlRegion, `table/${this.of(table)}`);
  }

  get busArn(): string {
    return this.arn('events', this.controlRegion, `event-bus/${this.bus}`);
  }

  get topicArn(): string {
    return this.arn('sns', this.controlRegion, this.of('people'));
  }

  clusterArn(site: 'primary' | 'standby'): string {
    const { region, cluster } = this.plan.sites[site];
    return this.arn('eks', region, `cluster/${cluster}`);
  }

  /** `lifeboat-<plan>-<use>-<account>-<region>`, the plan's part shortened where a bucket's name has no room for it. */
  #bucket(use: string): string {
    const rest = `lifeboat--${use}--${this.controlRegion}`.length + ACCOUNT_LENGTH;
    const room = BUCKET_NAME_LENGTH - rest;
    return `lifeboat-${shortened(this.plan.name, room)}-${use}-${Aws.ACCOUNT_ID}-${this.controlRegion}`;
  }
}

function shortened(name: string, room: number): string {
  if (name.length <= room) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 4);
  return `${name.slice(0, room - 5).replace(/-$/, '')}-${digest}`;
}
