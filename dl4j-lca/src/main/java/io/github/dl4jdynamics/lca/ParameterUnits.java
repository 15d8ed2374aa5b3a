/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.lca.nd4j.UnitSlice;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.oracle.ParameterMask;

/**
 * To which unit each parameter of a network belongs.
 *
 * <p>A weight belongs to the unit it flows into: dense {@code [in, out]} to its column, convolution {@code [out, in, ...]}
 * to its first index, deconvolution {@code [in, out, ...]} to its second, depthwise {@code [multiplier, in, ...]} to both,
 * recurrent {@code [in, 4 out]} to its column, gate by gate, peepholes {@code [out, 3]} to their row. Arrays of a layer
 * with as many units share them, others have a group of their own.
 */
final class ParameterUnits {
    private static final ImmutableList<String> GATES = ImmutableList.of("input", "forget", "output", "modulation");
    private static final ImmutableSet<String> GATED = ImmutableSet.of("LSTM", "GravesLSTM", "GravesBidirectionalLSTM");
    private static final ImmutableSet<String> RECURRENT_KEYS = ImmutableSet.of("W", "RW", "b", "g");

    private final List<UnitGroup> groups = new ArrayList<>();
    private final List<UnitSlice> slices = new ArrayList<>();
    private int units;

    private ParameterUnits() {}

    static ParameterUnits of(ParameterMask mask) {
        ParameterUnits result = new ParameterUnits();
        for (int i = 0; i < mask.counted().size(); i++) {
            result.add(i, mask.counted().get(i));
        }
        return result;
    }

    /** Groups in the order of the flat vector. */
    ImmutableList<UnitGroup> groups() {
        return ImmutableList.copyOf(groups);
    }

    /** Slices in the order of the flat vector; arrays are numbered as in {@link ParameterMask#counted}. */
    ImmutableList<UnitSlice> slices() {
        return ImmutableList.copyOf(slices);
    }

    /** Units of all groups. */
    int count() {
        return units;
    }

    private void add(int index, ParameterArray array) {
        if (GATED.contains(array.layerType())) {
            addGated(index, array);
            return;
        }
        long[] shape = array.shape();
        int axis = unitAxis(array);
        long run = 1;
        for (int d = 0; d < shape.length; d++) {
            run *= (array.order() == 'c' ? d > axis : d < axis) ? shape[d] : 1;
        }
        long count = shape.length == 0 ? 1 : shape[axis];
        if (isDepthwise(array)) {
            count = shape[0] * shape[1];
            run = array.length() / count;
        }
        String name = array.layer() + direction(array);
        UnitGroup group = group(array.layer(), name, (int) count, array.key(), ImmutableList.of());
        slices.add(new UnitSlice(index, array.offset(), array.end(), run, (int) count, group.first()));
    }

    private static int unitAxis(ParameterArray array) {
        int rank = array.shape().length;
        if (rank <= 2) {
            return Math.max(0, rank - 1);
        }
        return array.layerType().startsWith("Deconvolution") ? 1 : 0;
    }

    private static boolean isDepthwise(ParameterArray array) {
        return array.shape().length == 4
                && (array.layerType().equals("DepthwiseConvolution2D")
                        || array.layerType().equals("SeparableConvolution2D")
                                && array.key().equals("W"));
    }

    /** W {@code [in, 4 out]}, RW {@code [out, 4 out]} or with peepholes {@code [out, 4 out + 3]}, b {@code [1, 4 out]}. */
    private void addGated(int index, ParameterArray array) {
        long[] shape = array.shape();
        long columns = shape[shape.length - 1];
        long rows = array.length() / columns;
        boolean peepholes = columns % GATES.size() == 3;
        long gated = peepholes ? columns - 3 : columns;
        UnitGroup group = group(array.layer(), array.layer() + direction(array), (int) gated, array.key(), GATES);
        long end = array.offset() + rows * gated;
        slices.add(new UnitSlice(index, array.offset(), end, rows, (int) gated, group.first()));
        if (peepholes) {
            addPeepholes(index, end, rows, group);
        }
    }

    /** One column each for the forget, the output and the modulation gate. */
    private void addPeepholes(int index, long from, long rows, UnitGroup group) {
        for (int gate = 1; gate < GATES.size(); gate++) {
            long start = from + (gate - 1) * rows;
            int first = group.first() + gate * (int) rows;
            slices.add(new UnitSlice(index, start, start + rows, 1, (int) rows, first));
        }
    }

    /** Of a bidirectional layer, whose keys begin or end with a letter for the direction. */
    private static String direction(ParameterArray array) {
        String key = array.key();
        if (key.length() >= 2 && RECURRENT_KEYS.contains(key.substring(1))) {
            return key.charAt(0) == 'f' ? " forward" : " backward";
        }
        if (array.layerType().equals("GravesBidirectionalLSTM")) {
            return key.endsWith("F") ? " forward" : " backward";
        }
        return "";
    }

    /** The layer's group of that size, or a new one. */
    private UnitGroup group(String layer, String name, int count, String key, ImmutableList<String> gates) {
        boolean first = true;
        for (UnitGroup group : groups) {
            if (group.name().equals(name) || group.name().startsWith(name + " ")) {
                first = false;
                if (group.count() == count) {
                    return group;
                }
            }
        }
        UnitGroup group = new UnitGroup(layer, first ? name : name + " " + key, units, count, gates);
        groups.add(group);
        units += count;
        return group;
    }
}
