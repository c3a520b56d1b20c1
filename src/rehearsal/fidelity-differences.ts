/** What is known to differ from the real thing, by chapter of the page. Written by hand: no code says it. */
export const DIFFERENCES = {
  cloud: [
    'S3: replication and events are models. Each version is replicated after a time of its own, drawn as below, in any order; the longest is 300 s, since what takes longer is a backlog and happens only as the fault `replication-stall` or `partial-replication`. Events are delivered at least once and in any order, after a time that AWS does not publish.',
    'S3: of its own metrics `ReplicationLatency` alone is there, without delay, and none while the two regions cannot talk, of which AWS says nothing. An alarm on another has no data.',
    'S3: what a customer’s key encrypts has made-up ETags that are no digests, and a CRC32 as its checksum. Requests are never too many for KMS.',
    'CloudWatch: an alarm looks at exactly the periods it asks for. AWS retrieves a longer evaluation range and may find older data in it where some is missing. Metric math, percentiles and anomaly detection are not there.',
    'Route 53: every health check is probed by two checkers in each of its regions; AWS has more. Latency, geolocation, geoproximity, multivalue and CIDR records are not there; failover, weighted and simple ones are.',
    'Elastic Load Balancing: weighted targets are not weighed, and TLS is not spoken: a certificate is never read, so an expired or a wrong one goes unnoticed.',
    'EKS: clusters of Auto Mode and adopted ones with given nodes; managed node groups and Fargate profiles cannot be made. Of the add-ons, `snapshot-controller` puts its objects into the cluster; the others are only known by name.',
    "IAM: of the AWS managed policies, those that only AWS's own controllers use are cut to the calls that the twin makes. A condition with a Date or an IpAddress operator is not met, so an Allow under it denies. Service control policies and session policies are not there.",
    'Lambda: no SnapStart and no provisioned concurrency. With the fault `clock-skew`, requests signed by a clock that is ahead are taken all the same; the SDK would correct its clock and try again.',
    'Step Functions: an execution in a region that is lost does not resume when the region returns.',
    'Networks, subnets, gateways and security groups are there, and nothing is filtered by them.',
    'Quotas: payload and history limits, time-outs and throttling by faults are enforced; the quotas of an account are not.',
  ],
  cluster: [
    'Admission: a webhook whose service nobody answers for refuses, as its failure policy says; one that answers changes and refuses nothing. Validating admission policies are stored and not evaluated.',
    "Operators are inert: only the twin's own controllers act. What an operator would make of a restored resource is not seen.",
    'Custom resources are pruned, filled in and judged by their schemas, but for rules in CEL, what combines schemas (allOf, anyOf, oneOf, not), and patterns that only Go can read. Conversion webhooks are not called.',
    'Resource quotas and limit ranges are stored and not enforced. Network policies filter nothing.',
    'Scheduling: node selectors, required affinity, taints, topology and resources decide; preferred (soft) affinity is not weighed.',
    'Horizontal autoscalers see no load: they keep their target within its bounds.',
    'HTTP by pods is a convention: a ready pod answers 200 to the paths of its probes, `/` and the usual paths of health, and serves on `/metrics` the metrics that its own configuration names.',
    'Volumes have content: a container with a volume writes to it every second, and a backup holds what was written by then. That is how losses are counted. Real applications write in other rhythms and keep some of it in memory.',
    'Services have addresses, and no `IPAddress` objects are made for them. The real API server takes away, within a minute or so, those that a restore brings back without their Service.',
    'TLS certificates of API servers and webhooks are not checked.',
  ],
  velero: [
    'Velero 1.18 from 1.18.1 on; another version is not simulated.',
    'Volumes go by file-system backup with kopia, or by CSI snapshots whose data Velero moves. Snapshots that stay where they are (CSI ones without movement, those of volume groups, native ones) are not simulated, and neither are other data movers than Velero’s own.',
    'CSI snapshots: how long EBS copies one is our assumption, and a volume made of one is as fast as another from the start. Of the node agents’ configuration, `loadConcurrency` and `restorePVC.ignoreDelayBinding` are simulated. A mover’s last event reaches its node agent at once, as with the real parts here.',
    'Data movers never pull their image: on a node that is new, where no node agent ran yet, a movement may be cancelled ([velero issue 9411](https://github.com/velero-io/velero/issues/9411)). Whether it is depends on seconds, which the twin draws.',
    'Kopia: repositories have blobs in the bucket that every snapshot needs, named and laid out as kopia does; its maintenance, which rewrites and removes blobs, is absent.',
    'Damage, by the fault `backup-corruption`: a file or blob keeps its size and means nothing. What comes of each was tried with the real ones, as listed below. How long kopia goes on trying is not simulated.',
    'Restoring over what is there: who wrote a field last, and when, is not compared, so a restore without the policy to update gives fewer warnings.',
    'Restore hooks, resource policies and ordered resources of a backup are not simulated.',
  ],
  asl: [
    'JSONata only: JSONPath, Express machines and Distributed Map are not simulated.',
    'How long a transition takes is modelled, as nobody has published it.',
  ],
  time: [
    'Latencies are drawn independently of each other: on a bad day they are slow together. Faults are the place for bad days.',
    'The past before a scenario is built, not simulated: a day of settled backups.',
  ],
} as const;

/** Something that a real API server does otherwise, and the twin does not follow. */
type Difference = { asked: string; twin: string; real: string; source: string };

/** By the name that the cases in `test/real/parity/` know each by. */
export const REAL_KUBERNETES: Record<string, Difference> = {
  defaults: {
    asked: 'What is filled in, of pods, their templates and what makes pods',
    twin: 'What something depends on.',
    real: 'More: termination messages, pull policies, empty security contexts and resources, tolerations of lost nodes, labels and selector of a Job by its uid, and others.',
    source: 'https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/v1/defaults.go',
  },
  types: {
    asked: 'A value of another type than the field’s, such as replicas: three',
    twin: 'Stored as it is.',
    real: '400 BadRequest.',
    source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/',
  },
  'component-statuses': {
    asked: 'Discovery of ComponentStatus, which is deprecated',
    twin: 'Not there.',
    real: 'Listed among the resources of v1.',
    source: 'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/component-status-v1/',
  },
};

/** What the twin's Velero does otherwise than the real one, by the titles of the rows in `test/real/parity/velero/rows/`. */
export const REAL_VELERO: Record<string, string> = {};
