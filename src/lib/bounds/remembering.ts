/** How many answers are remembered, and for texts of how many characters; clients may send longer ones, and ever new ones. */
const most = 100;
const longest = 512;

/**
 * The same function, which remembers its answers: what a few clients send with every request is worked out once. `make` depends on
 * nothing but its text, and answers neither undefined nor something that changes.
 */
export function remembering<Answer extends string | number | boolean>(
  make: (text: string) => Answer,
): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const made = make(text);
    if (text.length > longest) return made;
    if (answers.size >= most) answers.clear();
    answers.set(text, made);
    return made;
  };
}
