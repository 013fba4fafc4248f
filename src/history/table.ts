/** How many columns are made room for at once, at least. */
const moreColumns = 8;

/** Columns of equally many numbers of 32 bits, in one piece of memory. NaN: no value. */
export class Table {
  private rows: number;
  private values = new Float32Array();
  private width = 0;
  private readonly free: number[] = [];

  constructor(rows: number) {
    this.rows = rows;
  }

  /** The number of a column without values. */
  open(): number {
    const reused = this.free.pop();
    if (reused !== undefined) {
      this.column(reused).fill(Number.NaN);
      return reused;
    }
    this.width += 1;
    if (this.width * this.rows > this.values.length)
      this.move(this.rows, this.width - 1 + Math.max(moreColumns, this.width >> 2));
    return this.width - 1;
  }

  /** Another column may take the place of this one. */
  close(column: number): void {
    this.free.push(column);
  }

  get(column: number, row: number): number {
    return this.values[column * this.rows + row] ?? Number.NaN;
  }

  set(column: number, row: number, value: number): void {
    this.values[column * this.rows + row] = value;
  }

  /** The values themselves: what is written to them is written to the column. */
  column(column: number): Float32Array {
    return this.values.subarray(column * this.rows, (column + 1) * this.rows);
  }

  /** Makes each column longer. */
  lengthen(rows: number): void {
    this.move(rows, this.values.length / this.rows);
  }

  private move(rows: number, width: number): void {
    const values = new Float32Array(rows * width).fill(Number.NaN);
    for (let from = 0, to = 0; from < this.values.length; from += this.rows, to += rows)
      values.set(this.values.subarray(from, from + this.rows), to);
    this.values = values;
    this.rows = rows;
  }
}
