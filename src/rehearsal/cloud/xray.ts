import type { Operation, Service } from './service.ts';

/** Traces are shown to people and change nothing; that they may be sent is judged. https://docs.aws.amazon.com/xray/latest/api/API_Operations.html */
export class XRay implements Service {
  readonly id = 'xray';
  readonly operations: Record<string, Operation> = Object.fromEntries(
    ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map((name) => [
      name,
      { permissions: () => [{ action: `xray:${name}`, resource: '*' }], answer: () => ({}) },
    ]),
  );
  readonly resources = {};
}
