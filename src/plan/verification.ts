import type { Plan } from './schema.ts';

type Drill = Omit<Plan['drills'][number], 'kind'>;

/** What is verified weekly, whatever the plan says of it: on Monday, before people come to work. */
const DEFAULT: Drill = { name: 'verification', cron: '0 4 * * 1', window: 3600, participants: [] };

/** When backups are verified, and for whom. */
export function verificationDrills({ drills }: Pick<Plan, 'drills'>): Drill[] {
  const planned = drills.filter(({ kind }) => kind === 'verification');
  return planned.length > 0 ? planned : [DEFAULT];
}

/** What verifications together owe: one machine runs them all. */
export const verificationDuty = (plan: Pick<Plan, 'drills'>): { window: number; participants: string[] } => {
  const drills = verificationDrills(plan);
  return {
    window: Math.max(...drills.map(({ window }) => window)),
    participants: [...new Set(drills.flatMap(({ participants }) => participants))],
  };
};
