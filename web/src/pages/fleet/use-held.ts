import { type FocusEventHandler, type PointerEventHandler, useEffect, useRef, useState } from 'react';
import type { Fleet } from '../../live/fleet.ts';
import type { FleetItem } from './arrange/arrange.ts';
import { holdOrder, isOrderedOtherwise } from './arrange/hold.ts';

/** A pointer that was forgotten over the list holds nothing up for longer. */
const forgottenMs = 30_000;

/** The items to show, and what of the list tells whether somebody points at it. */
export type Held = {
  readonly items: readonly FleetItem[];
  /** Whether the order would be another one by now. */
  readonly isHeld: boolean;
  /** Sorts now. */
  readonly release: () => void;
  readonly handlers: {
    readonly onPointerMove: PointerEventHandler;
    readonly onPointerLeave: PointerEventHandler;
    readonly onFocus: FocusEventHandler;
    readonly onBlur: FocusEventHandler;
  };
};

/**
 * Keeps the order of the items as long as the pointer is over the list or the focus is in it, so that nothing moves away from
 * under a click. `key` stands for what a person asked for: when that changes, so does the order.
 */
export function useHeld(fresh: readonly FleetItem[], fleet: Fleet, key: string): Held {
  const [isPointed, setPointed] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [, setReleases] = useState(0);
  const shown = useRef({ key, items: fresh });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const holds = (isPointed || isFocused) && shown.current.key === key;
  const items = holds ? holdOrder(shown.current.items, fresh, fleet) : fresh;
  // Drawn twice with the same, it comes to the same.
  shown.current = { key, items };
  return {
    items,
    isHeld: holds && isOrderedOtherwise(items, fresh),
    release: () => {
      shown.current = { key: '', items: [] };
      setReleases((count) => count + 1);
    },
    handlers: {
      onPointerMove: ({ pointerType }) => {
        if (pointerType === 'touch') return;
        setPointed(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setPointed(false), forgottenMs);
      },
      onPointerLeave: () => {
        clearTimeout(timer.current);
        setPointed(false);
      },
      onFocus: () => setFocused(true),
      onBlur: ({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      },
    },
  };
}
