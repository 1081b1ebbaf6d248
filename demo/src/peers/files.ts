import { appendFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSftpPeer, type SftpPeer } from './files-sftp.ts';
import { PeerFaults, type Peer } from './peer.ts';

/** A line of a goods movement's document, as the warehouse writes it. */
export interface WmsMovement {
  readonly document: string;
  readonly line: number;
  readonly type: 'RECEIPT' | 'ISSUE' | 'TRANSFER' | 'SCRAP' | 'ADJUSTMENT';
  readonly sku: string;
  readonly location: string;
  readonly quantity: string;
  readonly unit: string;
  readonly lot?: string;
  readonly status?: string;
  readonly toStatus?: string;
  readonly reference?: string;
  /** RFC 3339 */
  readonly postedAt: string;
}

/** What was counted at a place. */
export interface WmsCount {
  readonly sku: string;
  readonly location: string;
  readonly quantity: string;
  readonly unit: string;
  readonly lot?: string;
  readonly status?: string;
  /** RFC 3339 */
  readonly countedAt: string;
}

export interface WmsOptions {
  /** `system/instance` */
  readonly system: string;
  /** In which it leaves its files; is made if it is not there. */
  readonly folder: string;
  /** Shows the folder through an SFTP server of its own. */
  readonly sftp?: { readonly user: string; readonly password: string; readonly port?: number };
}

export interface Wms extends Peer {
  readonly folder: string;
  readonly sftp: SftpPeer | undefined;
  /** Books a movement: it is in the next file. */
  move(movement: WmsMovement): void;
  /** Leaves what was booked since the last time as one file; answers the names of those that are now there, none if there is nothing, or it cannot. */
  dropMovements(): Promise<readonly string[]>;
  /** Leaves a file with what was counted. */
  dropCount(counts: readonly WmsCount[]): Promise<readonly string[]>;
}

/**
 * A warehouse management system that tells by files: `movements-000001.csv`, `count-000002.csv`. Each is written under a
 * name ending `.part`, then renamed.
 *
 * Faults. down: its server cuts all connections; without one nothing is written. slow: files are written under their own
 * name in pieces, for 3 s; its server answers 3 s late. busy: nothing is written until later. duplicates: each file
 * comes a second time under another name. reordering: a file is held back until the next one is there, its lines turned
 * around. corrupt: some quantities are none, one line has a cell too many.
 */
export async function startWms({ system, folder, sftp: sftpOptions }: WmsOptions): Promise<Wms> {
  await mkdir(folder, { recursive: true });
  const faults = new PeerFaults();
  const sftp = sftpOptions && (await startSftpPeer({ folder, ...sftpOptions }));
  const stopped = new AbortController();
  const obey = () => {
    sftp?.setDown(faults.isOn('down'));
    sftp?.setDelay(faults.isOn('slow') ? SLOW_MS : 0);
  };
  const stopObeying = faults.onChange(obey);
  let booked: WmsMovement[] = [];
  let held: { name: string; text: string }[] = [];
  // What a run before has left there is not written over.
  const left = (await readdir(folder)).map((name) => Number(/-(\d{6})\b/.exec(name)?.[1] ?? 0));
  let number = Math.max(0, ...left);

  async function write(name: string, text: string): Promise<void> {
    const path = join(folder, name);
    if (!faults.isOn('slow')) {
      await writeFile(`${path}.part`, text);
      await rename(`${path}.part`, path);
      return;
    }
    for (let piece = 1; piece <= PIECES; piece += 1) {
      const to = Math.ceil((text.length * piece) / PIECES);
      await appendFile(path, text.slice(Math.ceil((text.length * (piece - 1)) / PIECES), to));
      if (piece < PIECES) await pause(SLOW_MS / PIECES, undefined, { signal: stopped.signal });
    }
  }

  async function drop(
    kind: string,
    columns: readonly string[],
    lines: readonly (readonly string[])[],
  ): Promise<readonly string[]> {
    number += 1;
    const name = `${kind}-${String(number).padStart(6, '0')}.csv`;
    const told = faults.isOn('reordering') ? lines.toReversed() : lines;
    const text = csvOf(columns, faults.isOn('corrupt') ? told.map(corrupted) : told);
    if (faults.isOn('reordering') && held.length === 0) {
      held = [{ name, text }];
      return [];
    }
    const files = [{ name, text }, ...held];
    held = [];
    if (faults.isOn('duplicates')) files.push({ name: name.replace('.csv', '-again.csv'), text });
    for (const file of files) await write(file.name, file.text);
    return files.map((file) => file.name);
  }

  const isUnable = () => faults.isOn('busy') || (faults.isOn('down') && !sftp);
  return {
    system,
    faults,
    folder,
    sftp,
    move: (movement) => void booked.push(movement),
    async dropMovements() {
      if (booked.length === 0 || isUnable()) return [];
      const lines = booked.map(movementLine);
      booked = [];
      return drop('movements', MOVEMENT_COLUMNS, lines);
    },
    async dropCount(counts) {
      return isUnable() ? [] : drop('count', COUNT_COLUMNS, counts.map(countLine));
    },
    async close() {
      stopObeying();
      stopped.abort();
      await sftp?.close();
    },
  };
}

const SLOW_MS = 3_000;
/** Each sooner than what waits for a file to be still takes it for whole. */
const PIECES = 6;
const MOVEMENT_COLUMNS = [
  'document',
  'line',
  'type',
  'sku',
  'location',
  'lot',
  'status',
  'to_status',
  'quantity',
  'unit',
  'reference',
  'posted_at',
];
const COUNT_COLUMNS = ['sku', 'location', 'lot', 'status', 'quantity', 'unit', 'counted_at'];

function movementLine(movement: WmsMovement): string[] {
  const { document, line, type, sku, location, lot = '', status = 'UNRESTRICTED', toStatus = '' } = movement;
  const { quantity, unit, reference = '', postedAt } = movement;
  return [document, String(line), type, sku, location, lot, status, toStatus, quantity, unit, reference, postedAt];
}

function countLine({
  sku,
  location,
  lot = '',
  status = 'UNRESTRICTED',
  quantity,
  unit,
  countedAt,
}: WmsCount): string[] {
  return [sku, location, lot, status, quantity, unit, countedAt];
}

function csvOf(columns: readonly string[], lines: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[;"\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [columns, ...lines].map((line) => `${line.map(quoted).join(';')}\r\n`).join('');
}

/** The first line has a cell too many, of the others every third no quantity. */
function corrupted(line: readonly string[], index: number): readonly string[] {
  if (index === 0) return [...line, '?'];
  return index % 3 === 0
    ? line.map((cell) => (/^-?\d+(\.\d+)?$/.test(cell) && cell !== line[1] ? '#N/A' : cell))
    : line;
}
