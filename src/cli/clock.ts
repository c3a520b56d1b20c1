/** Virtual time since the fault, such as +11:52, +1:02:07 or -0:30. */
export function sinceFault(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const clock = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  return `${milliseconds < 0 ? '-' : '+'}${clock}`;
}

/** A moment of virtual time for people, in UTC: 2026-03-01 04:40:00Z. */
export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;

export const timeOfDay = (at: number): string => `${new Date(at).toISOString().slice(11, 19)}Z`;
