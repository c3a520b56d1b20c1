import { SignalsTable } from '../../../../src/gateways/aws/signals-table.ts';
import { REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';
import { tableWith } from './table.ts';

const AT = '2026-03-01T04:30:00.000Z';
const word = (
  observer: string,
  verdict: 'up' | 'down' | 'unknown' = 'up',
  site: 'primary' | 'standby' = 'primary',
) => ({
  ...{ site, observer, verdict, failures: verdict === 'down' ? 3 : 0 },
  ...{ since: AT, at: AT },
});

export const signalsTable: Suite<SignalsTable> = {
  gateway: SignalsTable,
  resources: tableWith('signals', 'site', 'observer'),
  connect: ({ wires }) => new SignalsTable(wires, REGION, 'signals'),
  cases: {
    get: [
      { title: 'knows nobody who said nothing', ask: (signals) => signals.get('primary', 'a'), answers: undefined },
      {
        title: 'throws when there is no such table',
        ask: (_, { wires }) => errorOf(new SignalsTable(wires, REGION, 'none').get('primary', 'a')),
        answers: 'ResourceNotFoundException',
      },
    ],
    put: [
      {
        title: 'replaces what the same observer said of the same site',
        ask: async (signals) => {
          await signals.put(word('a'));
          await signals.put(word('a', 'unknown', 'standby'));
          await signals.put(word('a', 'down'));
          return [await signals.get('primary', 'a'), await signals.get('standby', 'a')];
        },
        answers: [word('a', 'down'), word('a', 'unknown', 'standby')],
      },
    ],
    ofSite: [
      {
        title: 'answers everyone’s word of one site, by the observers’ names',
        ask: async (signals) => {
          for (const observer of ['route53/orders', 'control', 'Witness', 'élan']) await signals.put(word(observer));
          await signals.put(word('other', 'down', 'standby'));
          return (await signals.ofSite('primary')).map(({ observer }) => observer);
        },
        answers: ['Witness', 'control', 'route53/orders', 'élan'],
      },
    ],
  },
};
