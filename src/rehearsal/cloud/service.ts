/** Who makes a call: a role's credentials, an AWS service acting by itself, or somebody on the internet. */
export type Caller =
  | { kind: 'role'; arn: string; session: string }
  | { kind: 'service'; principal: string; sourceArn?: string }
  | { kind: 'anonymous' };

/** Where and as whom an operation is answered. `region` is the endpoint's. */
export type Place = { region: string; caller: Caller };

/** One thing that IAM must allow: the action, the resource's ARN, and the condition keys that AWS fills in. */
export type Permission = { action: string; resource: string; context?: Record<string, string> };

// biome-ignore lint/suspicious/noExplicitAny: inputs come from any AWS operation; each service knows its own shapes
export type Input = any;

export type Operation = {
  /** What IAM must allow. None, where AWS asks for none (sts:GetCallerIdentity). */
  permissions: (input: Input, at: Place) => Permission[];
  /** Throws AwsError for what AWS refuses. Changes state in one go: nothing is half-done at an `await`. */
  answer: (input: Input, at: Place) => unknown;
  /** Served by, or dependent on, a control plane in us-east-1 wherever it is called (reference: AWS Fault Isolation Boundaries). */
  usEast1ControlPlane?: true;
};

/** How a template's resource comes to be. `ref` answers Ref, `attributes` answer Fn::GetAtt. */
export type ResourceType = (
  properties: Input,
  at: ResourcePlace,
) => { ref: string; attributes?: Record<string, string> };

export type ResourcePlace = {
  region: string;
  stack: string;
  logicalId: string;
  /** The resource's Metadata, as it stands in the template. */
  metadata: Record<string, unknown>;
};

/** One AWS service: a file each. */
export type Service = {
  /** As in `clientName` of the SDK without "Client", lower case: dynamodb, s3, eventbridge, sfn, elasticloadbalancingv2 … */
  id: string;
  operations: Record<string, Operation>;
  resources: Record<string, ResourceType>;
  /**
   * Called once, when every stack's resources exist. Throws for what AWS refuses at deployment but can be judged
   * only now, such as a role that does not trust the service.
   */
  deployed?: () => void;
};
