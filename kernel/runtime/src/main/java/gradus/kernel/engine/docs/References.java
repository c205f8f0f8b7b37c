package gradus.kernel.engine.docs;

/** How comments name classes and members, as a reader wants to see it. */
final class References {

    private References() {
    }

    /** {@code java.util.List#add(java.lang.Object)} as {@code List.add(Object)}, {@code #size} as {@code size}. */
    static String shown(String reference) {
        return reference.strip().replaceFirst("^[\\w.]+/", "").replaceAll("\\b(?:[a-z_]\\w*\\.)+(?=[A-Z])", "")
                .replaceFirst("^#", "").replaceFirst("#", ".").replaceAll("\\s+", " ").replaceAll(",(?=\\S)", ", ");
    }
}
