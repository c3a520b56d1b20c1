import { askTheRealVelero } from './parity/velero/suite.ts';

askTheRealVelero('snapshots');
