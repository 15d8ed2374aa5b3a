/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import com.google.common.base.Ascii;

/** Finds assignments by the names that the authors' repositories use. */
public final class Assignments {

    private Assignments() {}

    /**
     * Returns the assignment of that name with the settings of its repository.
     *
     * <table>
     * <caption>Names, upper or lower case</caption>
     * <tr><th>names</th><th>assignment</th><th>source of the settings</th></tr>
     * <tr><td>{@code tb_linear_map}, {@code linear_map}, {@code linear}</td><td>{@code LinearMap.of(0.5, 1.5)}</td>
     *     <td>TempBalance, class default</td></tr>
     * <tr><td>{@code tb_step}, {@code tbr}, {@code rank}</td><td>{@code RankMap.of(0.5, 1.5)}</td><td>the same</td></tr>
     * <tr><td>{@code tb_sqrt}, {@code sqrt}</td><td>{@code SqrtMap.create()}</td><td>none to set</td></tr>
     * <tr><td>{@code tb_log2}, {@code log2}</td><td>{@code Log2Map.create()}</td><td>none to set</td></tr>
     * <tr><td>{@code tb_std_sigmoid}, {@code tb_sigmoid}, {@code sigmoid}</td><td>{@code SigmoidMap.of(10, 2, 1)}</td>
     *     <td>ModelBalancing, code default</td></tr>
     * </table>
     *
     * <p>Two names of the repositories are no functions of scores and are refused with a hint: {@code tb_layer_blocks} is
     * the sigmoid map with {@link Blocks}, {@code tb_layer_groups} reverses the method's direction.
     *
     * @throws IllegalArgumentException if the name is unknown
     */
    public static RateAssignment named(String name) {
        switch (Ascii.toLowerCase(name)) {
            case "tb_linear_map":
            case "linear_map":
            case "linear":
                return LinearMap.of(0.5, 1.5);
            case "tb_step":
            case "tbr":
            case "rank":
                return RankMap.of(0.5, 1.5);
            case "tb_sqrt":
            case "sqrt":
                return SqrtMap.create();
            case "tb_log2":
            case "log2":
                return Log2Map.create();
            case "tb_std_sigmoid":
            case "tb_sigmoid":
            case "sigmoid":
                return SigmoidMap.of(10, 2, 1);
            case "tb_layer_blocks":
                throw new IllegalArgumentException("assignment 'tb_layer_blocks' is not a function of scores alone;"
                        + " use 'tb_std_sigmoid' with Blocks.byFirstDottedInteger()");
            case "tb_layer_groups":
                throw new IllegalArgumentException("assignment 'tb_layer_groups' is not offered: it gives high scores"
                        + " low rates, against the method; use 'tb_linear_map'");
            default:
                throw new IllegalArgumentException(
                        "assignment must be one of tb_linear_map, linear_map, linear, tb_step,"
                                + " tbr, rank, tb_sqrt, sqrt, tb_log2, log2, tb_std_sigmoid, tb_sigmoid, sigmoid, got '"
                                + name
                                + "'; or implement RateAssignment");
        }
    }
}
