/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

/**
 * How a number is stored in a {@code .npy} file, least significant byte first.
 *
 * @since 0.1.0
 */
public enum NpyType {
    /** 4 bytes, {@code '<f4'}; doubles are rounded to the nearest float, beyond 3.4e38 to infinity. */
    FLOAT32("<f4", Float.BYTES),
    /** 8 bytes, {@code '<f8'}. */
    FLOAT64("<f8", Double.BYTES);

    private final String descr;
    private final int bytes;

    NpyType(String descr, int bytes) {
        this.descr = descr;
        this.bytes = bytes;
    }

    /**
     * NumPy's name of the type, the {@code descr} of the header.
     *
     * @return {@code "<f4"} or {@code "<f8"}
     */
    public String descr() {
        return descr;
    }

    /**
     * Size of one number.
     *
     * @return 4 or 8, in bytes
     */
    public int bytes() {
        return bytes;
    }
}
