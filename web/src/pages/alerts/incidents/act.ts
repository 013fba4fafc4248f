import { request } from '../../../api/http.ts';
import { queryClient } from '../../../api/queries.ts';

/** What can be done about incidents, as the API takes it. */
export type IncidentAct =
  | { readonly what: 'acknowledge' }
  | { readonly what: 'close' }
  | { readonly what: 'silence'; readonly until: string; readonly reason: string }
  | { readonly what: 'note'; readonly text: string };

/** How far it got with several incidents; `error`: why the first one could not be changed. */
export type Progress = {
  readonly done: number;
  readonly all: number;
  readonly failed: number;
  readonly error: string | null;
};

const atOnce = 6;

/** Does it to each incident, some at a time, and reads the lists anew. Those that fail keep the others from nothing. */
export async function actOn(
  ids: readonly number[],
  act: IncidentAct,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Progress> {
  const { what, ...body } = act;
  let progress: Progress = { done: 0, all: ids.length, failed: 0, error: null };
  for (let from = 0; from < ids.length; from += atOnce) {
    const part = ids.slice(from, from + atOnce);
    const answers = await Promise.allSettled(part.map((id) => request('POST', `/incidents/${id}/${what}`, body)));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    const [first] = refused;
    progress = {
      ...progress,
      done: progress.done + part.length,
      failed: progress.failed + refused.length,
      error:
        progress.error ?? (first ? String(first.reason instanceof Error ? first.reason.message : first.reason) : null),
    };
    onProgress(progress);
  }
  await refreshIncidents();
  return progress;
}

/** Reads anew what shows incidents and what keeps them quiet. */
export async function refreshIncidents(): Promise<void> {
  await Promise.all(
    ['incidents', 'incident', 'silences'].map((name) => queryClient.invalidateQueries({ queryKey: [name] })),
  );
}

/** So many hours from now, ISO 8601. */
export function inHours(hours: number, now: number): string {
  return new Date(now + hours * 3_600_000).toISOString();
}
