import type { Construct } from 'constructs';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import type { LambdaFunction } from './constructs/lambda-function.ts';
import { planLayer } from './constructs/lambda-function.ts';
import { PeopleTopic } from './constructs/people-topic.ts';
import { Schedule } from './constructs/schedule.ts';
import { signingKey } from './constructs/signing-key.ts';
import { StateMachine } from './constructs/state-machine.ts';
import { ControlBus } from './control-bus.ts';
import { controlFunctions } from './control-functions.ts';
import { controlStores } from './control-stores.ts';
import { PlanDashboard } from './dashboard.ts';
import type { FunctionName } from './environments.ts';
import { RecoveryPointAlarms } from './recovery-point-alarms.ts';
import type { Given } from './stack.ts';
import { LifeboatStack } from './stack.ts';
import { scheduleVerification, verifyingFunctions } from './verification.ts';

const MINUTE = 60;
const HOUR = 3600;

/** Everything that decides and acts: outside the region that it protects. */
export class ControlStack extends LifeboatStack {
  readonly #topic: string;
  readonly #functions: Map<FunctionName, LambdaFunction<FunctionName>>;

  constructor(scope: Construct, given: Given) {
    super(scope, given, {
      stack: 'control',
      region: given.names.controlRegion,
      description: 'Lifeboat: state machines, functions, bus, tables and reports, outside the region they protect',
    });
    this.#topic = new PeopleTopic(this, 'people').arn;
    controlStores(this);
    const reportKey = signingKey(this, this.names.reportKeyAlias, 'Signs reports of runs');
    const shared = { stack: this, layer: planLayer(this), topic: this.#topic };
    const functions = [...controlFunctions(shared, reportKey.keyArn), ...verifyingFunctions(shared, reportKey.keyArn)];
    this.#functions = new Map(functions.map((each) => [each.name, each]));
    this.#failover();
    this.#protect();
    scheduleVerification(this, this.references, this.#topic);
    this.#every('probe-sites', 'ProbeSchedule', this.plan.detection.interval);
    this.#every('publish-traffic', 'TrafficSchedule', MINUTE);
    this.#every('measure-rpo', 'MeasureSchedule', MINUTE);
    this.#every('capture-primary', 'CaptureSchedule', HOUR);
    const { names: alarms } = new RecoveryPointAlarms(this, this.#topic);
    new PlanDashboard(this, { alarms, machines: ['failover', 'fence', 'protect', 'judge', 'verify'] });
  }

  /** Started by the bus; the fence by it. */
  #failover(): void {
    const { references: functions } = this;
    new StateMachine(this, 'Fence', { name: 'fence', functions, topic: this.#topic, startsItself: true });
    const { arn } = new StateMachine(this, 'Failover', { name: 'failover', functions, topic: this.#topic });
    const recorder = this.#function('record-signal');
    const judge = new StateMachine(this, 'Judge', { name: 'judge', functions, topic: this.#topic });
    new ControlBus(this, {
      judge: { kind: 'machine', arn: judge.arn, deadLetters: this.#deadLetters('judge') },
      recordSignal: { kind: 'function', arn: recorder.arn, deadLetters: recorder.deadLetters },
      failover: { kind: 'machine', arn, deadLetters: this.#deadLetters('failover') },
    });
  }

  #protect(): void {
    const { arn } = new StateMachine(this, 'Protect', {
      name: 'protect',
      functions: this.references,
      topic: this.#topic,
    });
    new Schedule(this, 'ProtectSchedule', {
      name: 'protect',
      everySeconds: HOUR,
      target: { arn, action: 'states:StartExecution', deadLetters: this.#deadLetters('protect') },
    });
  }

  #every(name: FunctionName, id: string, everySeconds: number): void {
    const { arn, deadLetters } = this.#function(name);
    new Schedule(this, id, { name, everySeconds, target: { arn, action: 'lambda:InvokeFunction', deadLetters } });
  }

  #deadLetters(machine: 'failover' | 'protect' | 'judge'): string {
    return new DeadLetterQueue(this, `${machine}DeadLetters`, { stack: this, reader: machine, topic: this.#topic }).arn;
  }

  /** Functions' ARNs, by the names that definitions of state machines use. */
  get references(): Map<string, string> {
    return new Map([...this.#functions.values()].map(({ reference, arn }) => [reference, arn]));
  }

  #function(name: FunctionName): LambdaFunction<FunctionName> {
    const found = this.#functions.get(name);
    if (found === undefined) throw new Error(`the control stack has no function ${name}`);
    return found;
  }
}
