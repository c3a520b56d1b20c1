// biome-ignore lint/style/noDefaultExport: jest wants it so
export { tearDown as default } from './set-up.ts';
