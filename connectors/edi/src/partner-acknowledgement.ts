import type { Message } from './envelope.ts';
import type { Segment } from './segment.ts';

/** What a partner's 997, 999 or CONTRL says of something that we sent. */
export interface PartnerAcknowledgement {
  readonly segment: Segment;
  /** Control number of the group (AK102) or interchange (UCI 0020), and of the message where it is about one. */
  readonly of: string;
  readonly isAccepted: boolean;
  readonly reason: string;
}

export function readAcknowledgement({ type, segments }: Message): PartnerAcknowledgement[] {
  return type === 'CONTRL' ? ofContrl(segments) : of997(segments);
}

function of997(segments: readonly Segment[]): PartnerAcknowledgement[] {
  let group = '';
  let message = '';
  return segments.flatMap((segment) => {
    if (segment.tag === 'AK1') group = segment.value(2);
    if (segment.tag === 'AK2') message = `${segment.value(1)} ${segment.value(2)}`;
    const isMessage = segment.tag === 'AK5' || segment.tag === 'IK5';
    if (!isMessage && segment.tag !== 'AK9') return [];
    const code = segment.value(1);
    const isAccepted = code === 'A' || code === 'E' || code === 'P';
    const what = isMessage ? `message ${message} of group ${group}` : `group ${group}`;
    const errors = isMessage ? segment.value(2) : segment.value(5);
    const reason = `The partner answers ${code || 'nothing'} to ${what}${errors ? `, error ${errors}` : ''}.`;
    return [{ segment, of: group, isAccepted, reason }];
  });
}

function ofContrl(segments: readonly Segment[]): PartnerAcknowledgement[] {
  let interchange = '';
  return segments.flatMap((segment) => {
    if (segment.tag === 'UCI') interchange = segment.value(1);
    const action = { UCI: 4, UCF: 4, UCM: 3 }[segment.tag];
    if (action === undefined) return [];
    const code = segment.value(action);
    const what =
      segment.tag === 'UCI' ? `interchange ${interchange}` : `${segment.value(1)} of interchange ${interchange}`;
    const error = segment.value(action + 1);
    const reason = `The partner answers ${code || 'nothing'} to ${what}${error ? `, error ${error}` : ''}.`;
    return [{ segment, of: interchange, isAccepted: code === '7' || code === '8', reason }];
  });
}
