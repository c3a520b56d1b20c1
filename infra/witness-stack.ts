import type { Construct } from 'constructs';
import { LambdaFunction, planLayer } from './constructs/lambda-function.ts';
import { peopleTopicArn } from './constructs/people-topic.ts';
import { Schedule } from './constructs/schedule.ts';
import { probingSeconds } from './control-functions.ts';
import { Grants } from './grants.ts';
import type { Given } from './stack.ts';
import { LifeboatStack } from './stack.ts';

/** A second prober in a third region: eyes that share no fate with those of the control region. */
export class WitnessStack extends LifeboatStack {
  constructor(scope: Construct, given: Given, region: string) {
    super(scope, given, { stack: 'witness', region, description: 'Lifeboat: a second prober, in a third region' });
    const grant = new Grants(this.names);
    const topic = peopleTopicArn(this, 'witness');
    const prober = new LambdaFunction(
      { stack: this, layer: planLayer(this), topic },
      {
        name: 'probe-sites',
        role: 'probe-sites-witness',
        environment: { OBSERVER: 'witness', SIGNALS_TABLE: this.names.of('signals'), CONTROL_BUS: this.names.bus },
        grants: [grant.signals('GetItem', 'PutItem'), grant.tellBus()],
        memoryMiB: 256,
        timeoutSeconds: probingSeconds(this.plan),
        asynchronous: true,
      },
    );
    new Schedule(this, 'ProbeSchedule', {
      name: 'probe-sites',
      role: 'probe-sites-witness',
      everySeconds: this.plan.detection.interval,
      target: { arn: prober.arn, action: 'lambda:InvokeFunction', deadLetters: prober.deadLetters },
    });
  }
}
