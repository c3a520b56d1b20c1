const LEFT_OUT = [
  'test/browser: the reports in a browser; `npm run test:browser`, with Chromium',
  'test/second-opinion: the twin beside what others wrote; `npm run test:second-opinion`, with Python 3.11 or later',
  'test/real: the twin beside a real Kubernetes and Velero; `npm run test:real`, with Go 1.26, Python 3.11 or later, and root',
];

/** Says at the end of `npm test` what it did not run, as that needs more than Node. */
// biome-ignore lint/style/noDefaultExport: jest wants it so
export default class LeftOut {
  constructor(globalConfig) {
    this.everything = globalConfig.nonFlagArgs.length === 0;
  }

  onRunComplete() {
    if (this.everything) for (const what of LEFT_OUT) process.stderr.write(`left out: ${what}\n`);
  }
}
