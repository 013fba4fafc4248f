import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

const looks = {
  info: ['bg-sunken text-text', 'info'],
  good: ['bg-good-soft text-good', 'check'],
  warn: ['bg-warn-soft text-warn', 'warn'],
  bad: ['bg-bad-soft text-bad', 'warn'],
} as const satisfies Record<string, readonly [string, IconName]>;

/** One thing to be told, with how bad it is. Bad ones are read out at once by screen readers. */
export function Notice({
  kind,
  title,
  children,
}: {
  readonly kind: keyof typeof looks;
  readonly title?: string;
  readonly children?: ReactNode;
}) {
  const [look, icon] = looks[kind];
  return (
    <div role={kind === 'bad' ? 'alert' : 'status'} className={`flex gap-3 rounded-xl px-4 py-3 text-sm ${look}`}>
      <Icon name={icon} className="mt-0.5 size-4" />
      <div className="min-w-0 flex-1 wrap-anywhere">
        {title ? <p className="font-semibold">{title}</p> : null}
        {children ? <div className="text-text">{children}</div> : null}
      </div>
    </div>
  );
}
