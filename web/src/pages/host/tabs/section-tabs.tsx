import { useEffect, useRef, useState } from 'react';
import { hostTexts } from '../../../texts/host.ts';
import { type Listed, useAllListed } from './listed.ts';

/** The part of the screen in which a section counts as the one that is read: below the head and these tabs. */
const readMargin = '-120px 0px -55% 0px';

/** One tab for each section, on narrow screens: where one is, and how to get elsewhere without scrolling through it all. */
export function SectionTabs() {
  const sections = useAllListed();
  const current = useCurrent(sections);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const tab = list.current?.querySelector<HTMLElement>(`[href="#${current ?? ''}"]`);
    if (tab && list.current) list.current.scrollTo({ left: tab.offsetLeft - list.current.clientWidth / 3 });
  }, [current]);
  if (sections.length < 3) return null;
  return (
    <nav
      aria-label={hostTexts.sectionTabs}
      className="sticky top-0 z-20 -mx-3 border-b border-line bg-bg sm:hidden min-[20rem]:top-14"
    >
      <ul ref={list} className="relative flex gap-1 overflow-x-auto whitespace-nowrap px-3 py-1.5">
        {sections.map(({ id, title }) => (
          <li key={id}>
            <a
              href={`#${id}`}
              aria-current={id === current ? 'location' : undefined}
              onClick={(event) => {
                event.preventDefault();
                goTo(id);
              }}
              className="block rounded-lg px-2.5 py-1.5 text-sm text-muted aria-[current=location]:bg-accent-soft aria-[current=location]:text-accent"
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Shows a section and puts the focus on its heading, so that the keyboard and screen readers go on there. */
function goTo(id: string): void {
  const heading = document.getElementById(id);
  if (!heading) return;
  heading.closest('section')?.scrollIntoView({ block: 'start' });
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** The topmost section on the screen. */
function useCurrent(sections: readonly Listed[]): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  useEffect(() => {
    const seen = new Set<Element>();
    const headings = sections.flatMap(({ id }) => document.getElementById(id) ?? []);
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target);
          else seen.delete(target);
        }
        const first = headings.find((heading) => seen.has(heading.closest('section') ?? heading));
        if (first) setCurrent(first.id);
      },
      { rootMargin: readMargin },
    );
    for (const heading of headings) observer.observe(heading.closest('section') ?? heading);
    return () => observer.disconnect();
  }, [sections]);
  return current;
}
