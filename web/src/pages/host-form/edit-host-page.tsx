export function EditHostPage() {
  return null;
}
