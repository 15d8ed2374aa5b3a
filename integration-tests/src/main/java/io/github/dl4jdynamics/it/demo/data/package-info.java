/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Image data for the demo, without a download: procedural shapes, and readers of MNIST and CIFAR-10 folders on disk.
 *
 * <p>{@link io.github.dl4jdynamics.it.demo.data.ShapeImages} and
 * {@link io.github.dl4jdynamics.it.demo.data.ImageFolders} make {@link io.github.dl4jdynamics.it.demo.data.ImageData}:
 * 8-bit images for training and testing. It hands out standardised
 * {@link io.github.dl4jdynamics.it.demo.data.ImageBatches}.
 */
package io.github.dl4jdynamics.it.demo.data;
