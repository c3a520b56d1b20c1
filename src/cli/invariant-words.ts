/** What each invariant says, in a few words, and who must act when it is broken. */
type Words = { says: string; who: string; how: string };

const MAINTAINERS = "Lifeboat's maintainers";
const OURS =
  'a fault of Lifeboat, not of your platform: do not deploy this assembly, and repeat it with the command below';

const WORDS: Record<string, Words> = {
  S1: { says: 'at most one site that the fence has reached accepts writes', who: MAINTAINERS, how: OURS },
  S2: { says: 'traffic moves only to a site whose checks passed in this epoch', who: MAINTAINERS, how: OURS },
  S3: { says: 'reported loss is never less than what was lost', who: MAINTAINERS, how: OURS },
  S4: { says: 'a recovery point called restorable restores completely', who: MAINTAINERS, how: OURS },
  S5: {
    says: 'no step needs the lost region, nor a control plane in us-east-1',
    who: 'whoever maintains functions/ and statemachines/',
    how: 'take that call off the path, or have what it asks for captured ahead',
  },
  S6: { says: 'every run ends with a report and frees the lock', who: MAINTAINERS, how: OURS },
  S7: { says: 'duplicate, late or reordered events change nothing', who: MAINTAINERS, how: OURS },
  S8: { says: 'a drill touches nothing of production and leaves nothing behind', who: MAINTAINERS, how: OURS },
  S9: {
    says: 'no call is denied by IAM',
    who: 'whoever maintains the roles in infra/',
    how: 'grant that action on that resource to that role, and rehearse again',
  },
  S10: { says: 'no failover without a quorum, for a blip, or with both regions down', who: MAINTAINERS, how: OURS },
  S11: {
    says: 'payloads stay under 256 KiB, histories under 25,000 events',
    who: 'whoever maintains statemachines/',
    how: 'pass less through that state: keep it in the table and pass its key',
  },
};

export const invariantWords = (id: string): Words => WORDS[id] ?? { says: id, who: MAINTAINERS, how: OURS };
