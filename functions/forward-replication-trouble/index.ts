import { live } from '../live.ts';
import { create } from './handler.ts';

export const handler = create(live());
